"""Who may be given something to do: whoever is known here, by the name that the ledger records."""

from hub.access.access import Access
from hub.access.roles import PERMISSIONS, Permission, Role


async def may(access: Access, name: str, permission: Permission) -> bool:
    """Whether `user:li.wei`, `token:phone` or `link:guard` could sign in, and then has `permission`."""
    role = await _role_of(access, name)
    return role is not None and permission in PERMISSIONS[role]


async def _role_of(access: Access, name: str) -> Role | None:
    kind, _, rest = name.partition(":")
    if kind == "user":
        return next((user.role for user in await access.users() if user.name == rest and user.enabled), None)
    if kind == "token":
        return next((token.role for token in await access.tokens() if token.name == rest), None)
    return Role(rest) if kind == "link" and rest in set(Role) else None
