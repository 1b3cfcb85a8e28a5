"""When a face counts as gone: terminals that lie, are replaced, or are asked by a host without memory.

Our own simulator, on both wires.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contract.lists import Face
from drivers.face import events
from tests.broker import Mosquitto
from tests.drivers.face.estate import EVERYWHERE, estate
from tests.drivers.face.test_people import HIK, SINCE, person
from tests.waiting import eventually

ID_NUMBER = "310101199001011234"
WITHDRAWN = {"face": Face.WITHDRAWN, "face_since": SINCE}


def holder(key: str, *, face: bool = False) -> dict[str, Any]:
    """Write somebody as a terminal's state file has them."""
    return {"key": key, "name": key, "cards": [], "face": face, "code": ""}


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_a_terminal_that_says_it_deleted_and_did_not_proves_nothing(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": wire}) as home:
        await home.start()
        await home.push(person("p-1", face=Face.CONSENTED), levels=(EVERYWHERE,))
        await home.holds("hall", "p-1")
        home.pretend.happen("door/hall", "enrol")
        await eventually(lambda: home.truth("hall")["faces"] == ["p-1"])
        home.pretend.fault("door/hall", "keeps-deleted")
        before = home.truth("hall")["commands"]
        await home.push(person("p-1", **WITHDRAWN), person("p-2"))
        await home.holds("hall", "p-1", "p-2")
        await eventually(lambda: home.truth("hall")["commands"] > before + 2)
        await home.shows("hall", faces_to_remove=1)
        assert home.truth("hall")["faces"] == ["p-1"]
        assert home.events("hall", events.FACE_REMOVED) == []


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_a_terminal_that_comes_back_with_a_face_proves_anew(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    state = tmp_path / "terminal.json"
    async with estate(mosquitto, tmp_path, {"hall": wire}, state_file=str(state)) as home:
        await home.start()
        await home.push(person("p-1", **WITHDRAWN), levels=(EVERYWHERE,))
        await home.event("hall", events.FACE_REMOVED)
        await home.shows("hall", faces_to_remove=0, people_held=1)
        await home.stop()
    old = [holder("p-1", face=True), holder("p-8", face=True)]  # a backup of somebody's, or another terminal
    state.write_text(json.dumps(old))
    async with estate(mosquitto, tmp_path, {"hall": wire}, state_file=str(state)) as home:
        await home.start()
        again = await home.event("hall", events.FACE_REMOVED, 2)
        assert (again.data["person"], again.data["held"], again.data["absent"]) == ("p-1", True, True)
        await home.shows("hall", faces_to_remove=0, people_held=1, people_others=1)
        assert home.truth("hall")["faces"] == ["p-8"]


async def test_a_host_without_memory_proves_a_withdrawal_that_happened_meanwhile(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": HIK}) as home:
        await home.start()
        await home.push(person("p-1", face=Face.CONSENTED), levels=(EVERYWHERE,))
        await home.holds("hall", "p-1")
        home.pretend.happen("door/hall", "enrol")
        await home.stop()
        shutil.rmtree(tmp_path / "host")
        home.revisions.clear()
        await home.start()
        await home.shows("hall", list="none")
        await home.push(person("p-1", **WITHDRAWN), levels=(EVERYWHERE,))
        proof = await home.event("hall", events.FACE_REMOVED)
        assert (proof.data["held"], proof.data["absent"]) == (True, True)
        assert home.truth("hall")["faces"] == []


@pytest.mark.parametrize("wire", ["mqtt", HIK])
async def test_strangers_on_a_terminal_go_if_that_is_wanted_later_and_are_written_nowhere(
    mosquitto: Mosquitto, tmp_path: Path, wire: str
) -> None:
    state = tmp_path / "terminal.json"
    state.write_text(json.dumps([holder(ID_NUMBER, face=True)]))
    async with estate(mosquitto, tmp_path, {"hall": wire}, state_file=str(state)) as home:
        await home.start()
        await home.push(person("p-1"), levels=(EVERYWHERE,))
        await home.shows("hall", people_held=1, people_others=1)
        await home.stop()
        home.pretend.fault("door/hall", "refuses-delete")
        await home.start(others="remove")
        await home.shows("hall", refusal="not-deleted", people_others=1)
        home.pretend.happen("door/hall", "face-passes")
        assert (await home.event("hall", events.GRANTED)).data["holder"] == ""
        await home.push(person("p-1", blocked=True))
        await eventually(lambda: home.truth("hall")["barred"] == ["p-1"])
        await home.stop()
        home.pretend.fault("door/hall", "none")
        await home.start(others="remove")
        await home.holds("hall", "p-1")
        await home.shows("hall", people_others=0)
        said = b"".join(each.payload for each in home.ear.heard)
        assert ID_NUMBER.encode() not in said
        await home.stop()
    assert ID_NUMBER not in everything_kept(tmp_path / "host")


def everything_kept(folder: Path) -> str:
    """Return all that the files of a host say."""
    kept = []
    for file in folder.glob("*.sqlite"):
        with closing(sqlite3.connect(file)) as connection:
            kept += connection.iterdump()
    return "\n".join(kept)


async def test_a_withdrawn_persons_picture_goes_although_the_terminal_never_had_them(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    for key in ("p-1", "p-2"):
        (folder / f"{key}.jpg").write_bytes(b"\xff\xd8 a face \xff\xd9")
    async with estate(mosquitto, tmp_path, {"hall": "mqtt"}) as home:
        await home.start(enrolment=str(folder))
        await home.push(person("p-1", **WITHDRAWN), levels=(EVERYWHERE,))
        await home.event("hall", events.FACE_REMOVED)
        await eventually(lambda: [file.stem for file in folder.iterdir()] == ["p-2"])
        (folder / "p-1.jpg").write_bytes(b"\xff\xd8 put there too late \xff\xd9")
        await eventually(lambda: [file.stem for file in folder.iterdir()] == ["p-2"])


async def test_a_proof_says_that_the_terminal_had_the_person_also_after_it_was_lost_meanwhile(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": HIK}, slow_s=0.4) as home:
        await home.start()
        await home.push(person("p-1", face=Face.CONSENTED), levels=(EVERYWHERE,))
        await home.holds("hall", "p-1")
        home.pretend.fault("door/hall", "slow")
        await home.push(person("p-1", **WITHDRAWN))
        await home.holds("hall")  # deleted; the host dies before it hears so
        await home.stop()
        home.pretend.fault("door/hall", "none")
        assert home.events("hall", events.FACE_REMOVED) == []
        await home.start()
        assert (await home.event("hall", events.FACE_REMOVED)).data["held"] is True
