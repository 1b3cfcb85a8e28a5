"""Terminals whose clock is lost, that use words for what they are not, or answer nothing: golden vectors."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contract.clock import rfc3339
from contract.errors import InvalidMessage
from contract.lists import Level, Period, Person
from drivers.face.facesluice import commands, messages
from drivers.face.hikvision import questions
from drivers.face.hikvision.history import History
from drivers.face.ledger import Ledger
from drivers.face.plan import FIRST_RETRY, RETRY, Plan
from drivers.face.rights import Rights
from drivers.runtime.database import StorageError
from tests.drivers.face.test_facesluice import NOW, ZONE, rec, record, snap
from tests.drivers.face.test_hikvision import alert, occurrence
from tests.drivers.face.test_logic import NOON

NAME = "张三 330100199001011234"


@pytest.mark.parametrize(
    "written", ["0001-01-01 00:00:00", "1970-01-01 00:00:05", "9999-12-31 23:59:59", "1999-12-31T12:00:00"]
)
def test_a_terminal_whose_clock_is_lost_is_heard_all_the_same(written: str) -> None:
    ours = record(time=written)
    assert ours.happened_at == NOW
    assert rfc3339(ours.happened_at)
    assert ours.replay is (written[0] != "9"), "what may be old opens nothing"
    stranger = messages.as_stranger(
        messages.read_snap(snap(time=written)), "1306612", ZONE, NOW, pictures=False
    )
    assert stranger.happened_at == NOW
    theirs = occurrence(alert().replace(b"2026-11-23T12:00:00+08:00", written.replace(" ", "T").encode()))
    assert theirs.happened_at == NOW


@pytest.mark.parametrize("number", [NAME, "x" * 300, "a b", ""])
def test_a_number_that_is_none_names_no_event(number: str) -> None:
    with pytest.raises(InvalidMessage):
        record(RecordID=number)
    stranger = messages.read_snap(snap(SnapID=number))
    with pytest.raises(InvalidMessage):
        messages.as_stranger(stranger, "1306612", ZONE, NOW, pictures=False)


def test_a_time_that_is_none_is_no_part_of_a_number() -> None:
    assert record(time=NAME).number == "1306612-rec-389-"
    assert record(time="2026-11-23张12:00:00").number == record().number


@pytest.mark.parametrize("said", [{}, {"info": {}}, {"code": "", "info": {"result": ""}}, {"code": None}])
def test_an_answer_that_says_nothing_is_no_yes(said: dict[str, Any]) -> None:
    ack = messages.read_ack(msgspec.json.encode({"operator": "Unlock-Ack", **said}))
    assert not ack.good


def test_what_a_terminal_says_for_a_code_is_a_code() -> None:
    assert messages.word(472) == "472"
    assert messages.word("employeeNoAlreadyExist") == "employeeNoAlreadyExist"
    assert messages.word(NAME) == messages.word(None) == "rejected"


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        (datetime(9999, 12, 31, 16, tzinfo=UTC), "2037-12-31T23:59:59"),
        (datetime(1, 1, 1, tzinfo=UTC), "2000-01-01T00:00:00"),
        (datetime(2026, 12, 1, 16, tzinfo=UTC), "2026-12-02T00:00:00"),
    ],
)
def test_validity_is_what_a_terminal_can_know(moment: datetime, local: str) -> None:
    given = Rights(key="p-1", valid_from=moment, valid_until=moment)
    written = commands.person(given, ZONE)
    assert written["cardValidBegin"] == written["cardValidEnd"] == local.replace("T", " ")
    valid = msgspec.json.decode(questions.person(given, 1, frozenset(), ZONE))["UserInfo"]["Valid"]
    assert valid["beginTime"] == valid["endTime"] == local


def porters(count: int) -> dict[str, Person]:
    until = NOON + timedelta(days=300)
    return {f"p-{n}": Person(key=f"p-{n}", levels=("night",), valid_until=until) for n in range(count)}


NIGHT = {"night": Level(key="night", places=("door/*",), periods=(Period(start="22:00", end="06:00"),))}


def test_hours_cost_nothing_until_they_begin_or_end() -> None:
    plan = Plan("hall")
    everybody = porters(50)
    for _ in range(3):
        for key, person in everybody.items():
            plan.consider(key, person, NIGHT, "x", NOON)
    assert plan.turned(NIGHT, NOON) == []
    assert plan.turned(NIGHT, NOON + timedelta(hours=9)) == []
    assert sorted(plan.turned(NIGHT, NOON + timedelta(hours=10))) == sorted(everybody)
    assert plan.turned(NIGHT, NOON + timedelta(hours=11)) == []
    assert plan.watched == 50, "an end is noted once, however often somebody is considered"


def test_who_has_a_level_without_hours_is_not_watched_for_those_of_another() -> None:
    plan = Plan("hall")
    both = Person(key="p-1", levels=("night", "all"))
    levels = {**NIGHT, "all": Level(key="all", places=("*",))}
    plan.consider("p-1", both, levels, "x", NOON)
    assert plan.turned(levels, NOON + timedelta(hours=10)) == []


def test_whom_a_terminal_does_not_take_is_tried_soon_then_ever_more_rarely() -> None:
    plan, levels = Plan("hall"), {"all": Level(key="all", places=("*",))}
    someone, now, waits = Person(key="p-1", levels=("all",)), NOON, []
    for _ in range(9):
        plan.consider("p-1", someone, levels, "", now)
        plan.refused(plan.next_puts(1), now)
        since = now
        while not plan.turned(levels, now):
            now += timedelta(minutes=1)
        waits.append(now - since)
        assert plan.turned(levels, now) == []
    assert (waits[0], waits[1], waits[-1]) == (FIRST_RETRY, 2 * FIRST_RETRY, RETRY)


def test_whom_a_terminal_does_not_delete_keeps_nobody_waiting() -> None:
    plan = Plan("hall")
    plan.consider("p-1", None, {}, "x", NOON)
    plan.kept(["p-1"], NOON)
    assert (list(plan.removals), list(plan.failed)) == ([], ["p-1"])
    plan.consider("p-1", None, {}, "x", NOON)
    assert list(plan.removals) == []
    assert plan.turned({}, NOON + FIRST_RETRY) == ["p-1"]
    plan.consider("p-1", None, {}, "x", NOON + FIRST_RETRY)
    assert list(plan.removals) == ["p-1"]
    plan.consider("p-1", None, {}, "", NOON + FIRST_RETRY)
    assert plan.failed == {}


class FullDisk:
    """As much of a driver host as memory needs; its disk can be full."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.full = False

    def recall(self, key: str) -> Any:
        return self.kept.get(key)

    async def remember(self, key: str, value: Any) -> None:
        if self.full:
            raise StorageError("full")
        self.kept[key] = value


async def test_what_is_not_on_disk_is_not_remembered() -> None:
    disk = FullDisk()
    ledger = Ledger(disk, "held")  # type: ignore[arg-type]  # all that it asks for
    await ledger.write({"p-1": "old"})
    disk.full = True
    with pytest.raises(StorageError):
        await ledger.write({"p-1": "?"})
    assert ledger.get("p-1") == "old"
    disk.full = False
    await ledger.write({"p-1": "?"})
    assert Ledger(disk, "held").get("p-1") == "?"  # type: ignore[arg-type]  # as above


def test_a_record_of_nobody_we_know_keeps_its_garbage_to_itself() -> None:
    with pytest.raises(InvalidMessage) as wrong:
        messages.read_record(rec(RecordID={NAME: 1}))
    assert NAME not in str(wrong.value)


async def test_records_that_come_while_a_terminal_is_asked_do_not_begin_anew() -> None:
    history = History(FullDisk())  # type: ignore[arg-type]  # all that it asks for
    await history.meet("DS-1", 100, None)
    asked_at = history.upto
    await history.took(103)  # they came before the answer
    await history.meet("DS-1", 101, asked_at)
    assert (history.upto, history.generation) == (103, 0)
    await history.meet("DS-1", 5, history.upto)
    assert (history.upto, history.generation) == (0, 1)
