"""The demo's ways in: a bearer token per role, kept from start to start; one-time links for its people."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from hemei.people import access_of
from hemei.private_files import write_private
from hemei.site import Site
from hub.access.access import Access
from hub.access.roles import Role


class Seat(NamedTuple):
    """A place to sit: the role there, and whose account its link is for; nobody's: the role's own."""

    role: Role
    person: str | None = None


SEATS: Final[Mapping[str, Seat]] = MappingProxyType(
    {
        "wall": Seat(Role.WALL),
        "guard": Seat(Role.GUARD, "li.wei"),
        "guard-2": Seat(Role.GUARD, "wang.fang"),
        "supervisor": Seat(Role.SUPERVISOR, "chen.jing"),
        "liaison": Seat(Role.LIAISON, "zhao.min"),
        "admin": Seat(Role.ADMIN, "sun.lei"),
    }
)
"""Two guards, so that one can hand over to the other."""


async def tokens_and_links(site: Site, file: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return bearer tokens by role and one-time links by seat; `file` keeps the tokens."""
    async with access_of(site) as access:
        kept = _kept(file)
        tokens = {role.value: await _token(access, role, kept.get(role.value)) for role in Role}
        if tokens != kept:
            write_private(file, msgspec.json.encode(tokens).decode())
        await _people(access)
        links = {name: await access.create_link(seat.role, seat.person) for name, seat in SEATS.items()}
    return tokens, links


async def _people(access: Access) -> None:
    """Open the accounts of the demo's people, who have no passwords."""
    known = {user.name for user in await access.users()}
    for role, person in SEATS.values():
        if person is not None and person not in known:
            await access.create_user(person, role)


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
