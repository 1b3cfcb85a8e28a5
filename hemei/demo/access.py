"""The demo's ways in: a bearer token per role, kept from start to start, and a one-time link per role."""

from pathlib import Path

import msgspec

from hemei.people import access_of
from hemei.private_files import write_private
from hemei.site import Site
from hub.access.access import Access
from hub.access.roles import Role


async def tokens_and_links(site: Site, file: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return bearer tokens and one-time links, by role; `file` keeps the tokens."""
    async with access_of(site) as access:
        kept = _kept(file)
        tokens = {role.value: await _token(access, role, kept.get(role.value)) for role in Role}
        if tokens != kept:
            write_private(file, msgspec.json.encode(tokens).decode())
        links = {role.value: await access.create_link(role) for role in Role}
    return tokens, links


def _kept(file: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}


async def _token(access: Access, role: Role, kept: str | None) -> str:
    """Return the kept token where the ledger still knows it, else a new one."""
    if kept:
        principal = await access.by_token(kept)
        if principal is not None and principal.role is role:
            return kept
    name = f"demo-{role.value}"
    await access.revoke_token(name)
    return await access.create_token(name, role)
