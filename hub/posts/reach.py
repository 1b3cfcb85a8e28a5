"""What somebody may see of the alarms, and act on: by role, by the areas of their post, by their shift."""

from typing import Final, Protocol

from msgspec import Struct

from hub.access.roles import Principal, Role
from hub.posts.post import Post
from hub.posts.refusals import NotYourPost

ON_DUTY_ROLES: Final = frozenset({Role.GUARD, Role.SUPERVISOR})
LOOKING_ROLES: Final = frozenset({Role.WALL, Role.LIAISON})
NOTHING: Final[frozenset[str]] = frozenset()


class Postings(Protocol):
    """Which posts there are, and who is at which."""

    def all(self) -> tuple[Post, ...]:
        """Every post of the site."""
        ...

    def post_of(self, who: str) -> Post | None:
        """Where somebody is on duty; None if nowhere."""
        ...


class Reach(Struct, frozen=True, kw_only=True):
    """`areas`: of which alarms are seen (None: all; empty: none). `reason`: why they may not act."""

    areas: frozenset[str] | None
    may_act: bool
    reason: str = ""
    code: str = "not-your-post"

    def sees(self, area: str | None) -> bool:
        """Whether an alarm of that area is seen. What is of no area concerns every post."""
        return self.areas is None or (bool(self.areas) and (area is None or area in self.areas))

    def check(self, area: str | None) -> None:
        """Let pass who may act on an alarm of that area; NotYourPost says why not."""
        if not self.may_act:
            raise NotYourPost(self.reason, code=self.code)
        if not self.sees(area):
            raise NotYourPost(f"area {area} is not looked after from your post", code="not-your-area")


def reach(principal: Principal, postings: Postings) -> Reach:
    """Say what somebody may see and act on now."""
    role = principal.role
    if role in LOOKING_ROLES:
        reason = f"a {role.value} looks at alarms and does nothing"
        return Reach(areas=None, may_act=False, reason=reason, code="wrong-role")
    if role not in ON_DUTY_ROLES:
        return Reach(
            areas=NOTHING, may_act=False, reason=f"role {role.value} has no alarms", code="wrong-role"
        )
    posts = postings.all()
    if role is Role.SUPERVISOR or not posts:
        return Reach(areas=None, may_act=True)
    mine = postings.post_of(principal.name)
    if mine is not None:
        return Reach(areas=areas_of(mine), may_act=True)
    areas = areas_of(*(post for post in posts if may_sign_on(principal, post)))
    return Reach(areas=areas, may_act=False, reason="sign on at your post first", code="not-on-duty")


def areas_of(*posts: Post) -> frozenset[str] | None:
    """Return the areas that posts look after; None: all, as at least one of them names none."""
    if any(not post.areas for post in posts):
        return None
    return frozenset(area for post in posts for area in post.areas)


def looks_after(post: Post, area: str | None) -> bool:
    """Whether an alarm of that area concerns a post."""
    return Reach(areas=areas_of(post), may_act=True).sees(area)


def may_sign_on(principal: Principal, post: Post) -> bool:
    """Whether somebody may be on duty there. A supervisor may step in anywhere.

    `people` of the site file are names of users (`li.wei`); a machine or a link is named in full.
    """
    if principal.role is Role.SUPERVISOR or not post.people:
        return principal.role in ON_DUTY_ROLES
    named = {principal.name, principal.name.removeprefix("user:")} & set(post.people)
    return principal.role is Role.GUARD and bool(named)
