"""What a scope covers, and what a legal basis lets of it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.disclosure.bases import FIELDS, LegalBasis, Reveal, in_force, shipped_bases
from hub.disclosure.scope import DAY_MS, DataKind, Scope, folded_plate
from tests.hub.disclosure.made import TO_MS, scope

BASES = in_force(())
WIDE = scope(
    kinds=tuple(DataKind),
    devices=("gate/*", "door/lobby"),
    areas=("north", "south"),
    plate="浙B*",
    passes=(1, 2, 3),
    pictures=True,
)
NARROW = scope(
    kinds=(DataKind.PASSES,),
    devices=("gate/east-in",),
    areas=("north",),
    plate="浙B12345",
    passes=(2,),
    pictures=False,
)


def test_what_is_narrower_in_everything_is_within() -> None:
    assert NARROW.within(WIDE)
    assert WIDE.within(WIDE)
    assert not WIDE.within(NARROW)
    assert WIDE.within(scope(kinds=tuple(DataKind)))


@pytest.mark.parametrize(
    "wider",
    [
        {"from_ms": WIDE.from_ms - 1},
        {"to_ms": WIDE.to_ms + 1},
        {"devices": ("camera/tower",)},
        {"devices": ("gate/east-in", "door/*")},
        {"devices": ()},
        {"areas": ("east",)},
        {"areas": ()},
        {"plate": None},
        {"plate": "沪A12345"},
        {"plate": "*12345"},
        {"passes": (4,)},
        {"passes": ()},
        {"clips": True},
    ],
)
def test_what_is_wider_in_anything_is_not(wider: dict[str, Any]) -> None:
    assert not msgspec.structs.replace(NARROW, **wider).within(WIDE)


def test_another_person_or_vehicle_or_kind_is_not_within() -> None:
    for name in ("person", "vehicle"):
        named = scope(**{name: "p-1"})
        assert named.within(scope())
        assert named.within(named)
        assert not scope().within(named)
        assert not scope(**{name: "p-2"}).within(named)
    assert not scope(kinds=(DataKind.EVENTS,)).within(scope())
    assert not scope().within(scope(pictures=False))
    assert not scope(alarms=("a",)).within(scope(alarms=("b",)))


SCOPES = st.builds(
    Scope,
    from_ms=st.integers(0, 3),
    to_ms=st.integers(4, 7),
    kinds=st.lists(st.sampled_from(DataKind), min_size=1, unique=True).map(tuple),
    devices=st.lists(st.sampled_from(["gate/a", "gate/*", "door/b"]), unique=True).map(tuple),
    areas=st.lists(st.sampled_from(["n", "s"]), unique=True).map(tuple),
    plate=st.sampled_from([None, "浙B*", "浙B1234?", "浙B12345"]),
    person=st.sampled_from([None, "p-1"]),
    passes=st.lists(st.integers(1, 3), unique=True).map(tuple),
    pictures=st.booleans(),
)


@given(SCOPES, SCOPES, SCOPES)
def test_within_is_an_order(one: Scope, two: Scope, three: Scope) -> None:
    assert one.within(one)
    if one.within(two) and two.within(three):
        assert one.within(three)


def test_a_plate_is_found_by_only_if_one_is_meant() -> None:
    assert folded_plate("浙b·12345") == folded_plate("浙B12345") == "浙8123" + "45"
    assert folded_plate("浙B*") is None
    assert folded_plate(None) is None
    assert folded_plate("***") is None


def test_bystanders_are_those_whom_a_scope_does_not_name() -> None:
    assert not scope(devices=("gate/*",)).named
    for named in ({"plate": "浙B12345"}, {"person": "p-1"}, {"vehicle": "v-1"}, {"passes": (1,)}):
        assert scope(**named).named


def test_what_ships_is_complete_and_the_emergency_is_narrow() -> None:
    assert set(BASES) == {"criminal", "public-security", "missing-person", "person-concerned"}
    for basis in shipped_bases():
        assert {"zh-CN", "en"} == basis.title.keys() == basis.document.keys()
        assert basis.kinds
        assert all(basis.fields_of(kind) for kind in basis.kinds)
    urgent = BASES["missing-person"]
    assert urgent.longest_days <= 3
    assert urgent.release_days == 1
    assert urgent.subject
    for key in ("missing-person", "person-concerned"):
        assert not BASES[key].reveals & {Reveal.BYSTANDERS, Reveal.NAMES, Reveal.TELEPHONES, Reveal.IDENTITY}
    assert Reveal.FACES not in BASES["person-concerned"].reveals


@pytest.mark.parametrize(
    ("key", "asked", "says"),
    [
        ("missing-person", {"kinds": (DataKind.PASSES, DataKind.HISTORY), "plate": "浙B1"}, "kind history"),
        ("missing-person", {"from_ms": TO_MS - 4 * DAY_MS, "plate": "浙B1"}, "4 days"),
        ("missing-person", {}, "nobody is named"),
        ("criminal", {"clips": True}, "field clips"),
        ("criminal", {"kinds": (DataKind.HISTORY,)}, "field pictures"),
    ],
)
def test_what_is_wider_than_a_basis_is_named(key: str, asked: dict[str, Any], says: str) -> None:
    (excess,) = BASES[key].too_wide(scope(**asked))
    assert excess.startswith(says)


def test_what_fits_a_basis_is_not_too_wide() -> None:
    assert BASES["criminal"].too_wide(scope(kinds=tuple(DataKind), clips=True)) == []
    assert BASES["missing-person"].too_wide(scope(person="p-1")) == []


def test_fields_stand_in_one_order_whatever_the_basis_says() -> None:
    assert BASES["criminal"].fields_of(DataKind.PASSES) == FIELDS[DataKind.PASSES]
    some = BASES["person-concerned"].fields_of(DataKind.PASSES)
    assert [each for each in FIELDS[DataKind.PASSES] if each in some] == list(some)
    assert BASES["person-concerned"].fields_of(DataKind.HISTORY) == ()


def test_a_site_replaces_a_basis_and_adds_one() -> None:
    short = msgspec.structs.replace(BASES["criminal"], longest_days=5)
    other = msgspec.structs.replace(short, key="court-order")
    found = in_force([short, other])
    assert found["criminal"].longest_days == 5
    assert set(found) == {*BASES, "court-order"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kinds": []}, "kinds: is empty; allowed: passes, events"),
        ({"kinds": ["passes", "events"]}, "must say it for each of kinds"),
        ({"fields": {"passes": ["plates"]}}, "fields.passes = plates: no such field; allowed: "),
        ({"title": {}}, "a text per language"),
    ],
)
def test_a_basis_that_contradicts_itself_is_refused(wrong: dict[str, Any], says: str) -> None:
    right: dict[str, Any] = {
        "key": "court-order",
        "title": {"zh-CN": "法院调取", "en": "Court order"},
        "document": {"zh-CN": "协助调查函", "en": "Letter of the court"},
        "kinds": ["passes"],
        "fields": {"passes": ["at", "plate"]},
        "longest_days": 10,
        "release_days": 3,
    }
    assert msgspec.convert(right, LegalBasis).fields_of(DataKind.PASSES) == ("at", "plate")
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(right | wrong, LegalBasis)
    assert says in str(refused.value)
