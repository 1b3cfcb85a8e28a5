"""What comes first at a terminal, and what keeps nobody waiting. Our own simulator."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.clock import epoch_ms
from contract.lists import Face
from tests.broker import Mosquitto
from tests.drivers.face.estate import EVERYWHERE, HURRY, estate
from tests.drivers.face.test_people import HIK, person
from tests.drivers.stage import Hurried
from tests.waiting import eventually


class Moved(Hurried):
    """A clock that is set wrong."""

    def __init__(self) -> None:
        super().__init__(HURRY)
        self._ahead = timedelta()

    def ahead(self, days: int) -> None:
        self._ahead = timedelta(days=days)

    def now(self) -> datetime:
        return super().now() + self._ahead

    def now_ms(self) -> int:
        return epoch_ms(self.now())


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_whom_a_terminal_does_not_delete_keeps_nobody_waiting(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": wire}) as home:
        await home.start()
        await home.push(person("p-1"), person("p-2"), person("p-3"), levels=(EVERYWHERE,))
        await home.holds("hall", "p-1", "p-2", "p-3")
        home.pretend.fault("door/hall", "refuses-delete")
        await home.push(drop=("p-1", "p-2"))
        await home.push(person("p-3", blocked=True), person("p-4"))
        await eventually(lambda: home.truth("hall")["barred"] == ["p-3"])
        await home.holds("hall", "p-1", "p-2", "p-3", "p-4")
        await home.shows("hall", people_failed=2, people_pending=0, refusal="not-deleted")


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_who_left_is_not_believed_to_be_gone_until_they_are(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": wire}) as home:
        await home.start()
        await home.push(person("p-1"), person("p-2"), levels=(EVERYWHERE,))
        await home.shows("hall", people_held=2)
        home.pretend.fault("door/hall", "keeps-deleted")
        await home.push(drop=("p-1",))
        await home.shows("hall", people_failed=1, refusal="not-deleted", people_others=0)
        home.pretend.fault("door/hall", "none")
        await home.stop()
        await home.start()
        await home.holds("hall", "p-2")
        await home.shows("hall", people_failed=0, people_held=1)


async def test_pictures_come_after_whom_the_terminal_is_to_bar(mosquitto: Mosquitto, tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    many = [person(f"p-{number}", face=Face.CONSENTED) for number in range(20)]
    async with estate(mosquitto, tmp_path, {"hall": "mqtt"}, slow_s=0.2) as home:
        await home.start(enrolment=str(folder), clock=Hurried(HURRY))
        await home.push(person("thief"), *many, levels=(EVERYWHERE,))
        await home.shows("hall", people_held=21)
        home.pretend.fault("door/hall", "slow")
        for each in many:
            (folder / f"{each.key}.jpg").write_bytes(b"\xff\xd8 a face \xff\xd9")
        await eventually(lambda: home.truth("hall")["faces"])
        await home.push(person("thief", blocked=True))
        await eventually(lambda: home.truth("hall")["barred"] == ["thief"])
        assert len(home.truth("hall")["faces"]) < len(many)


async def test_a_picture_that_is_still_being_copied_is_left_alone(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "p-1.jpg").write_bytes(b"\xff\xd8 half a fa")
    (folder / "p-2.jpg").write_bytes(b"\xff\xd8 a face \xff\xd9")
    async with estate(mosquitto, tmp_path, {"hall": "mqtt"}) as home:
        await home.start(enrolment=str(folder))
        both = (person("p-1", face=Face.CONSENTED), person("p-2", face=Face.CONSENTED))
        await home.push(*both, levels=(EVERYWHERE,))
        await eventually(lambda: home.truth("hall")["faces"] == ["p-2"])
        await home.shows("hall", people_held=2, refusal="")
        assert [file.stem for file in folder.iterdir()] == ["p-1"]
        (folder / "p-1.jpg").write_bytes(b"\xff\xd8 a face \xff\xd9")
        await home.push(person("p-3"))
        await eventually(lambda: sorted(home.truth("hall")["faces"]) == ["p-1", "p-2"])


async def test_a_clock_that_was_wrong_for_a_while_locks_nobody_out(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    clock = Moved()
    guest = person("guest", valid_until=datetime(2036, 1, 1, tzinfo=UTC))
    async with estate(mosquitto, tmp_path, {"hall": "mqtt"}) as home:
        await home.start(clock=clock)
        await home.push(guest, levels=(EVERYWHERE,))
        await home.holds("hall", "guest")
        clock.ahead(days=20 * 365)
        await home.shows("hall", people_held=0, people_pending=0)
        clock.ahead(days=0)
        await home.holds("hall", "guest")
