"""What each role sees of the alarms and may act on, by post and shift."""

import pytest

from hub.access.roles import Role
from hub.posts.post import Post
from hub.posts.reach import reach
from hub.posts.refusals import NotYourPost
from tests.hub.posts.gatehouse import CENTRE, GATE, LI, ZHAO, person

POSTS = (CENTRE, GATE)


class Board:
    """Says who is where."""

    def __init__(self, posts: tuple[Post, ...] = POSTS, **where: Post) -> None:
        self._posts = posts
        self._where = where

    def all(self) -> tuple[Post, ...]:
        return self._posts

    def post_of(self, who: str) -> Post | None:
        return self._where.get(who.removeprefix("user:"))


@pytest.mark.parametrize("board", [Board(), Board(posts=()), Board(li=GATE)])
@pytest.mark.parametrize(
    ("role", "sees", "acts"),
    [
        (Role.WALL, True, False),
        (Role.SUPERVISOR, True, True),
        (Role.LIAISON, True, False),
        (Role.ADMIN, False, False),
    ],
)
@pytest.mark.parametrize("area", ["shed", "south", None])
def test_other_roles_are_not_bound_to_posts(
    board: Board, role: Role, sees: bool, acts: bool, area: str | None
) -> None:
    found = reach(person("li", role), board)
    assert found.sees(area) == sees
    assert found.may_act == acts
    assert bool(found.reason) != acts
    if not acts:
        with pytest.raises(NotYourPost) as refused:
            found.check(area)
        assert refused.value.code == "wrong-role"


def test_a_guard_acts_in_the_areas_of_the_post_and_on_what_is_of_no_area() -> None:
    found = reach(LI, Board(li=GATE))
    for area in ("north", "shed", None):
        found.check(area)
    assert not found.sees("south")
    with pytest.raises(NotYourPost, match="area south is not looked after from your post") as refused:
        found.check("south")
    assert refused.value.code == "not-your-area"


def test_a_post_without_areas_reaches_everything() -> None:
    found = reach(LI, Board(li=CENTRE))
    assert found.areas is None
    found.check("anywhere")


def test_a_guard_who_is_not_on_duty_sees_but_does_not_act() -> None:
    found = reach(LI, Board())
    assert found.areas is None
    with pytest.raises(NotYourPost, match="sign on at your post first") as refused:
        found.check("shed")
    assert refused.value.code == "not-on-duty"


def test_a_guard_sees_only_what_they_might_be_on_duty_for() -> None:
    found = reach(ZHAO, Board())
    assert found.areas == frozenset({"north", "shed"})
    found = reach(ZHAO, Board(posts=(CENTRE,)))
    assert found.areas == frozenset()
    assert not found.sees(None)


def test_a_site_without_posts_restricts_no_guard() -> None:
    reach(LI, Board(posts=())).check("anywhere")
