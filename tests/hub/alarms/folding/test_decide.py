"""Which alarm is folded under which, over any alarms and any topology."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.topics import Address
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Kind, Priority, Test
from hub.alarms.folding.decide import EARLY_MS, SETTLE_MS, decide, roles_of
from hub.alarms.folding.outage import Outage, has_failed, is_back
from hub.alarms.lifecycle import State, Suppression
from hub.alarms.supply import Supply

OFFLINE = Test(connectivity=("device-offline",))


def definition(key: str, test: Test = OFFLINE, **fields: object) -> Definition:
    return Definition(key=key, title={"en": key}, **({"priority": Priority.LOW} | fields), raised_by=test)  # type: ignore[arg-type]  # of any field


DEFINITIONS = (
    definition("driver-lost", Test(connectivity=("driver-offline",)), covers="driver"),
    definition("supply-lost", covers="supply"),
    definition("device-offline"),
    definition("too-old", Test(any=(OFFLINE, Test(stale="smoke")))),
    definition("fire", Test(property="smoke", equals=True), priority=Priority.CRITICAL, latching=True),
    definition("forced", Test(event="hemei.door.forced"), kind=Kind.INCIDENT),
    definition("fault", Test(all=(OFFLINE, Test(property="fault", equals=True)))),
    definition("panel-offline", latching=True),
)
ROLES = roles_of(DEFINITIONS)
SILENCES = ("device-offline", "too-old")
SUPPLY = Supply(id="east", title={"en": "East"}, devices=())

DEVICES = [Address("hemei", "door", str(number)) for number in range(4)]
HOSTS = [Address("hemei", "driver", str(number)) for number in range(2)]
SUPPLIES = [Address("hemei", "supply", str(number)) for number in range(2)]


def alarm(ident: str, key: str, address: Address, at_ms: int = 0, **fields: object) -> Alarm:
    usual = {
        "priority": Priority.LOW,
        "active": True,
        "suppression": Suppression.NONE,
        "last_ms": at_ms,
    }
    return Alarm(
        id=ident,
        tenant="default",
        site=address.site,
        device_kind=address.kind,
        device=address.device,
        key=key,
        dedup=f"{key}|{address}",
        area=None,
        title={},
        kind=Kind.CONDITION,
        latching=False,
        review=False,
        state=State.UNACKNOWLEDGED,
        count=1,
        version=1,
        entries=1,
        raised_ms=at_ms,
        **(usual | fields),  # type: ignore[arg-type]  # of any field
    )


@st.composite
def standing(draw: st.DrawFn) -> list[Alarm]:
    keys = st.sampled_from([each.key for each in DEFINITIONS])
    addresses = st.sampled_from([*DEVICES, *HOSTS, *SUPPLIES])
    drawn = draw(st.lists(st.tuples(keys, addresses), unique=True, max_size=20))
    idents = [str(number) for number in range(len(drawn))]
    parents = st.sampled_from([None, "closed", *idents])
    return [
        alarm(
            ident,
            key,
            address,
            draw(st.integers(0, 3 * EARLY_MS)),
            active=draw(st.booleans()),
            parent=draw(parents),
            priority=draw(st.sampled_from(list(Priority))),
        )
        for ident, (key, address) in zip(idents, drawn, strict=True)
    ]


topologies = st.fixed_dictionaries(
    {device: st.lists(st.sampled_from([*HOSTS, *SUPPLIES]), unique=True) for device in DEVICES}
)


def applied(alarms: Iterable[Alarm], changes: dict[str, str | None]) -> dict[str, str | None]:
    return {each.id: changes.get(each.id, each.parent) for each in alarms}


@given(standing(), topologies, st.booleans())
def test_folds(alarms: list[Alarm], topology: dict[Address, list[Address]], settled: bool) -> None:
    now_ms = 10 * SETTLE_MS
    orphaned = {each.id: 0 for each in alarms} if settled else {}
    folds = decide(alarms, ROLES, lambda address: topology.get(address, ()), orphaned, now_ms)
    by_id = {each.id: each for each in alarms}
    parents = applied(alarms, folds.changes)
    for ident, parent in parents.items():
        if parent is None:
            continue
        child = by_id[ident]
        assert child.key in SILENCES, "who needs a person for itself is never folded, nor is a cause"
        assert child.priority is not Priority.CRITICAL
        if ident in folds.orphans:
            assert parent == child.parent, "without a cause it stays where it was, for now"
            assert not settled
            continue
        cause = by_id[parent]
        assert cause.active
        assert cause.key in ROLES.causes
        assert cause.address in topology[child.address]
        assert parents[parent] is None, "a cause folds under nothing, so that there is no cycle"
    assert folds.orphans.isdisjoint(folds.changes)
    again = [
        alarm(
            each.id,
            each.key,
            each.address,
            each.last_ms,
            active=each.active,
            parent=parents[each.id],
            priority=each.priority,
        )
        for each in alarms
    ]
    assert not decide(again, ROLES, lambda address: topology.get(address, ()), orphaned, now_ms).changes


@pytest.mark.parametrize(("early_ms", "folded"), [(-5_000, True), (EARLY_MS, True), (EARLY_MS + 1, False)])
def test_what_was_found_silent_shortly_before_its_cause_is_folded_too(early_ms: int, folded: bool) -> None:
    cause = alarm("cause", "driver-lost", HOSTS[0], EARLY_MS * 2)
    child = alarm("child", "device-offline", DEVICES[0], EARLY_MS * 2 - early_ms)
    folds = decide([child, cause], ROLES, lambda _: [HOSTS[0]], {}, 0)
    assert folds.changes == ({"child": "cause"} if folded else {})


def supply(**fields: object) -> Supply:
    return Supply(id="east", title={"en": "East"}, **fields)  # type: ignore[arg-type]  # of any field


def outage(members: int, *silent_s: float, known: int | None = None) -> Outage:
    times = [round(each * 1000) for each in silent_s]
    return Outage(members=members, known=members if known is None else known, silent_since_ms=times)


@pytest.mark.parametrize(
    ("seen", "failed"),
    [
        (outage(5, 0, 1, 2), True),
        (outage(5, 0, 1), False),  # fewer than least
        (outage(6, 0, 1, 2), False),  # less than the share
        (outage(5, 0, 20, 40), False),  # not within one failure's time
        (outage(5, 0, 40, 41, 42), True),  # the first for a reason of its own
        (outage(9, 0, 1, 2, known=5), True),  # the others are behind a lost driver host
        (outage(0), False),
    ],
)
def test_a_supply_has_failed_when_enough_fell_silent_at_once(seen: Outage, failed: bool) -> None:
    assert has_failed(supply(least=3, share=0.6, within_s=30), seen) is failed


@pytest.mark.parametrize(
    ("seen", "back"),
    [
        (outage(10, 0, 1, 2), False),
        (outage(10, 0, 1), True),
        (outage(10, known=4), False),  # most cannot be judged
        (outage(0), False),
    ],
)
def test_a_supply_is_back_when_most_are_heard_again(seen: Outage, back: bool) -> None:
    assert is_back(supply(least=3, share=0.6), seen) is back
