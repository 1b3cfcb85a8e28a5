"""Who is on a terminal follows the lists, whatever happens to it and to the host. Our own simulator."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.lists import Face, Level, Person
from drivers.face import events
from tests.broker import Mosquitto
from tests.drivers.face.estate import EVERYWHERE, estate
from tests.waiting import eventually

HIK = "http://127.0.0.1:0"
SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)


def person(key: str, **fields: object) -> Person:
    return Person(key=key, levels=("all",), **fields)  # type: ignore[arg-type]  # callers name fields


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_people_come_change_and_go(mosquitto: Mosquitto, tmp_path: Path, wire: str) -> None:
    async with estate(mosquitto, tmp_path, {"hall": wire}) as home:
        await home.start()
        await home.shows("hall", list="none", people_held=0, means="card,face")
        cellar = Level(key="cellar", places=("door/cellar",))
        await home.push(
            person("p-1", cards=("8061550",)),
            person("p-2", face=Face.CONSENTED),
            person("p-3", blocked=True),
            Person(key="p-4", levels=("cellar",)),
            levels=(EVERYWHERE, cellar),
        )
        await home.holds("hall", "p-1", "p-2", "p-3")
        await home.shows("hall", list="good", people_held=3, people_pending=0, people_failed=0)
        assert home.truth("hall")["barred"] == ["p-3"]
        assert home.truth("hall")["cards"] == 1
        await home.push(person("p-1", cards=("8061551",), blocked=True), drop=("p-3",))
        await home.holds("hall", "p-1", "p-2")
        await eventually(lambda: home.truth("hall")["barred"] == ["p-1"])
        await home.shows("hall", people_held=2, people_pending=0)
        commands = home.truth("hall")["commands"]
        await home.stop()
        await home.start()
        await home.shows("hall", people_held=2, people_pending=0)
        sent = home.truth("hall")["commands"] - commands
        assert sent <= 8, "nobody is sent anew"
        assert "p-1" not in str(home.properties("hall"))


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_a_withdrawal_is_proved_by_every_terminal_also_by_one_that_was_away(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": wire, "yard": wire}) as home:
        await home.start(silence_s=2)
        everybody = (person("p-1", cards=("8061550",), face=Face.CONSENTED), person("p-2"))
        await home.push(*everybody, levels=(EVERYWHERE, Level(key="none", places=("door/none",))))
        for name in home.names:
            await home.holds(name, "p-1", "p-2")
            home.pretend.happen(f"door/{name}", "enrol")
            await eventually(lambda name=name: home.truth(name)["faces"] == ["p-1"])  # type: ignore[misc]
        home.pretend.fault("door/yard", "network-loss")
        await home.push(
            person("p-1", cards=("8061550",), face=Face.WITHDRAWN, face_since=SINCE),
            Person(key="p-9", levels=("none",), face=Face.WITHDRAWN, face_since=SINCE),
        )
        told = [(await home.event("hall", events.FACE_REMOVED, nth)).data for nth in (1, 2)]
        proof = {"since": "2026-11-01T08:00:00.000Z", "absent": True}
        assert sorted(told, key=lambda each: each["person"]) == [
            {"person": "p-1", "held": True, "acknowledged": True, **proof},
            {"person": "p-9", "held": False, "acknowledged": False, **proof},
        ]
        await home.shows("hall", faces_to_remove=0, people_held=2)
        assert home.truth("hall")["faces"] == []
        assert home.truth("hall")["cards"] == 1, "the card still opens"
        await home.shows("yard", faces_to_remove=2)
        await home.stop()
        home.pretend.fault("door/yard", "none")
        await home.start(silence_s=2)
        await home.event("yard", events.FACE_REMOVED, 2)
        await home.shows("yard", faces_to_remove=0, people_held=2)
        assert home.truth("yard")["faces"] == []
        await home.stop()
        await home.start()
        await home.shows("hall", faces_to_remove=0, people_pending=0)
        await home.shows("yard", faces_to_remove=0, people_pending=0)
        assert [len(home.events(name, events.FACE_REMOVED)) for name in home.names] == [2, 2]


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_a_face_that_is_not_deleted_stays_due(mosquitto: Mosquitto, tmp_path: Path, wire: str) -> None:
    async with estate(mosquitto, tmp_path, {"hall": wire}) as home:
        await home.start()
        await home.push(person("p-1", face=Face.CONSENTED), levels=(EVERYWHERE,))
        await home.holds("hall", "p-1")
        home.pretend.fault("door/hall", "refuses-delete")
        await home.push(person("p-1", face=Face.WITHDRAWN, face_since=SINCE))
        await home.shows("hall", faces_to_remove=1, people_pending=1)
        await home.push(person("p-2"))
        await home.holds("hall", "p-1", "p-2")
        assert home.events("hall", events.FACE_REMOVED) == []


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_a_terminal_that_lost_everybody_is_given_them_again_and_strangers_on_it_are_shown(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    state = tmp_path / "terminal.json"
    state.write_text("[]")
    async with estate(mosquitto, tmp_path, {"hall": wire}, state_file=str(state)) as home:
        await home.start()
        await home.push(person("p-1"), person("p-2"), levels=(EVERYWHERE,))
        await home.shows("hall", people_held=2)
        await home.stop()
    state.write_text(
        '[{"key": "310101199001011234", "cards": [], "face": true, "name": "", "barred": false,'
        ' "valid_from_s": null, "valid_until_s": null, "code": ""}]'
    )
    async with estate(mosquitto, tmp_path, {"hall": wire}, state_file=str(state)) as home:
        await home.start()
        await home.holds("hall", "310101199001011234", "p-1", "p-2")
        await home.shows("hall", people_held=2, people_others=1)
        home.pretend.happen("door/hall", "face-passes")
        passed = await home.event("hall", events.GRANTED)
        assert passed.data["holder"] == "", "what it calls others may be their identity number"
        await home.stop()
        await home.start(others="remove")
        await home.holds("hall", "p-1", "p-2")
        await home.shows("hall", people_others=0)


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_a_picture_is_sent_once_for_who_has_consented(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    for key in ("p-1", "p-2"):
        (folder / f"{key}.jpg").write_bytes(b"\xff\xd8 a face \xff\xd9")
    async with estate(mosquitto, tmp_path, {"hall": wire}) as home:
        await home.start(enrolment=str(folder))
        await home.push(person("p-1", face=Face.CONSENTED), person("p-2"), levels=(EVERYWHERE,))
        await eventually(lambda: home.truth("hall")["faces"] == ["p-1"])
        await home.shows("hall", people_held=2)
        await eventually(lambda: [file.stem for file in folder.iterdir()] == ["p-2"])
        await home.push(person("p-2", face=Face.WITHDRAWN, face_since=SINCE))
        await home.event("hall", events.FACE_REMOVED)
        await eventually(lambda: not list(folder.iterdir()))
