"""The pretend face terminal on facesluice's MQTT, at a real mosquitto, met by its own clients.

The words are golden vectors from public documents of the protocol, and our own simulator's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from simulators.clock import VirtualClock
from simulators.errors import BadOptions, UnknownName
from simulators.families import create
from simulators.host import Host, SimulatedDevice
from tests.broker import Mosquitto
from tests.simulators.brokers import Watcher, watching
from tests.simulators.plates import until
from tests.simulators.wiring import hosting
from tests.waiting import eventually

SERIAL = "1306612"
DOWN = f"mqtt/face/{SERIAL}"


class Platform:
    """Who manages the terminal, over mosquitto_pub and mosquitto_sub."""

    def __init__(self, host: Host, watcher: Watcher) -> None:
        self.host, self.watcher = host, watcher
        self._count = 0

    def __getitem__(self, name: str) -> Any:
        return self.host.inspect("lobby")[name]

    async def ask(self, operator: str, info: Any, **more: Any) -> dict[str, Any]:
        """Send a command, let time pass and return the answer."""
        self._count += 1
        message_id = f"ask-{self._count}"
        said = {"operator": operator, "messageId": message_id, "info": info, **more}
        await self.watcher.publish(DOWN, said)
        found: list[dict[str, Any]] = []

        def answered() -> bool:
            found[:] = [each for each in self.watcher.of("/Ack") if each["messageId"] == message_id]
            return bool(found)

        await until(self.host, answered)
        assert found[0]["operator"] == f"{operator}-Ack"
        return found[0]

    async def batch(self, operator: str, info: Any, count: int) -> dict[str, Any]:
        """Send a command for many."""
        return await self.ask(operator, info, DataBegin="BeginFlag", PersonNum=count, DataEnd="EndFlag")

    async def acknowledge(self, number: str) -> None:
        await self.watcher.publish(
            DOWN, {"operator": "PushAck", "info": {"PushAckType": 2, "SnapOrRecordID": number}}
        )


@asynccontextmanager
async def managing(broker: Mosquitto, **options: Any) -> AsyncIterator[Platform]:
    wire = f"mqtt://{broker.host}:{broker.port}/{SERIAL}"
    device = SimulatedDevice(kind="door", id="lobby", family="face", options={"wire": wire, **options})
    async with watching(broker) as watcher, hosting(device) as (host, _):
        await until(host, lambda: watcher.of("mqtt/face/basic"))
        yield Platform(host, watcher)


def person(key: str, **more: Any) -> dict[str, Any]:
    return {"customId": key, "name": key, "personType": 0, "tempCardType": 0, **more}


async def test_it_says_that_it_is_there_until_that_is_answered(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto, heartbeat_s=5.0) as platform:
        watcher = platform.watcher
        await until(platform.host, lambda: len(watcher.of("mqtt/face/basic")) == 2)
        online = watcher.of("mqtt/face/basic")[0]
        assert (online["operator"], online["info"]["facesluiceId"]) == ("Online", SERIAL)
        await watcher.publish(DOWN, {"operator": "Online-Ack", "info": {"result": "ok"}})
        await until(platform.host, lambda: len(watcher.of("mqtt/face/heartbeat")) >= 6)
        assert len(watcher.of("mqtt/face/basic")) <= 3
        beat = watcher.of("mqtt/face/heartbeat")[0]["info"]
        assert beat["time"] == "2026-01-01 08:00:00", "its own time, without a zone"


async def test_people_are_given_asked_for_and_deleted(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        added = await platform.ask("EditPerson", person("p1", RFIDCard="8101234"))
        assert (added["code"], added["info"]["result"], added["info"]["customId"]) == ("200", "ok", "p1")
        wrong = await platform.ask("EditPerson", {"name": "nobody"})
        assert (wrong["code"], wrong["info"]["result"]) == ("400", "fail")
        many = await platform.batch("EditPersonsNew", [person("p2"), person("p3", personType=1), {}], 3)
        assert (many["info"]["AddSucNum"], many["info"]["AddErrNum"]) == ("2", "1")
        cut_off = await platform.ask("EditPersonsNew", [person("p9")], DataBegin="BeginFlag", PersonNum=1)
        assert cut_off["code"] == "400"
        held = (await platform.ask("QueryPerson", {}))["info"]
        assert (held["TotalPersonNum"], held["customId"]) == ("3", "p1,p2,p3")
        assert platform["barred"] == ["p3"]
        found = await platform.ask("SearchPerson", {"customId": "p3", "Picture": 0})
        assert (found["code"], found["info"]["personType"]) == ("200", "1")
        assert (await platform.ask("SearchPerson", {"customId": "p9"}))["code"] == "461"
        assert (await platform.ask("DelPerson", {"customId": "p1"}))["code"] == "200"
        assert (await platform.ask("DelPerson", {"customId": "p1"}))["code"] == "461"
        gone = await platform.batch("DeletePersons", {"customId": ["p2", "p9"]}, 2)
        assert gone["info"]["DelSucInfo"] == [{"customId": "p2"}]
        assert gone["info"]["DelErrInfo"] == [{"customId": "p9"}]
        assert platform["people"] == ["p3"]
        assert (await platform.ask("Dance", {}))["code"] == "400"
        assert (await platform.ask("QueryProgress", {}))["info"]["Status"] == "0"


async def test_what_happens_is_told_again_until_it_is_acknowledged(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        host, watcher = platform.host, platform.watcher
        await platform.ask("EditPerson", person("p1", RFIDCard="8101234"))
        host.happen("lobby", "enrol")
        host.happen("lobby", "face-passes")
        host.happen("lobby", "card-passes")
        host.happen("lobby", "stranger")
        await until(host, lambda: platform["waiting"] == 0)
        await eventually(lambda: watcher.of("/Snap") and len(watcher.of("/Rec")) >= 2)
        face, card = (each["info"] for each in watcher.of("/Rec")[:2])
        assert (face["customId"], face["VerifyStatus"], face["Sendintime"]) == ("p1", "1", "1")
        assert face["pic"].startswith("data:image/jpeg;base64,")
        assert (card["RFIDCard"], "pic" in card) == ("8101234", False)
        snap = watcher.of("/Snap")[0]
        assert (snap["operator"], "customId" in snap["info"]) == ("StrSnapPush", False)
        numbers = {face["RecordID"], card["RecordID"], snap["info"]["SnapID"]}
        assert (platform["passed"], platform["gave_up"], len(numbers)) == (2, 1, 3)
        await until(host, lambda: len(watcher.of("/Rec")) >= 4)
        assert watcher.of("/Rec")[-1]["info"]["Sendintime"] == "0"
        for number in numbers:
            await platform.acknowledge(number)
        await until(host, lambda: platform["records_untold"] == 0)


@pytest.mark.parametrize("fault", ["power-loss", "network-loss"])
async def test_records_are_kept_while_nobody_hears(mosquitto: Mosquitto, fault: str) -> None:
    async with managing(mosquitto) as platform:
        host, watcher = platform.host, platform.watcher
        await platform.ask("EditPerson", person("p1"))
        host.happen("lobby", "enrol")
        host.happen("lobby", "face-passes")
        await until(host, lambda: watcher.of("/Rec"))
        before = len(watcher.of("/Rec"))
        host.fault("lobby", fault)
        host.happen("lobby", "face-passes")
        await until(host, lambda: platform["waiting"] == 0)
        assert platform["records_untold"] == (1 if fault == "power-loss" else 2)
        host.fault("lobby", "none")
        await until(host, lambda: len(watcher.of("/Rec")) > before)
        again = watcher.of("/Rec")[before]["info"]
        assert (again["RecordID"], again["Sendintime"]) == (watcher.of("/Rec")[0]["info"]["RecordID"], "0")


async def test_a_spoof_and_a_barred_person_are_refused(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        host, watcher = platform.host, platform.watcher
        await platform.ask("EditPerson", person("p1"))
        host.happen("lobby", "enrol")
        host.happen("lobby", "spoof")
        host.happen("lobby", "face-passes")
        await until(host, lambda: watcher.of("/Rec"))
        await platform.ask("EditPerson", person("p1", personType=1))
        await until(host, lambda: platform["gave_up"] == 2)
        told = {each["info"]["RecordID"]: each["info"] for each in watcher.of("/Rec")}
        assert [each["VerifyStatus"] for each in told.values()] == ["2", "2"]
        assert [each["similarity1"] for each in told.values()] == ["31.0", "0"]
        assert platform["faces"] == ["p1"], "a face stays when its person is barred"
        host.happen("lobby", "face-passes")
        assert platform["waiting"] == 0, "who is barred does not try"


async def test_a_visitor_passes_only_while_the_visit_lasts(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        host = platform.host
        times = {"cardValidBegin": "2026-01-01 09:00:00", "cardValidEnd": "2026-01-01 10:00:00"}
        await platform.ask("EditPerson", person("v1", tempCardType=1, **times))
        host.happen("lobby", "enrol")
        host.happen("lobby", "face-passes")
        await until(host, lambda: platform["gave_up"] == 1)
        assert platform["passed"] == 0


async def test_it_unlocks_when_told(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        assert (await platform.ask("Unlock", {"openDoor": 1, "showInfo": ""}))["code"] == "200"
        await until(platform.host, lambda: platform["unlocked"])
        await platform.ask("Unlock", {"openDoor": 0})
        await until(platform.host, lambda: not platform["unlocked"])
        assert platform["strike_pulses"] == 1


async def test_faults_show_in_its_answers(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        await platform.ask("EditPerson", person("p1"))
        platform.host.fault("lobby", "refuses-delete")
        assert (await platform.ask("DelPerson", {"customId": "p1"}))["info"]["result"] == "fail"
        platform.host.fault("lobby", "none")
        platform.host.fault("lobby", "keeps-deleted")
        assert (await platform.ask("DelPerson", {"customId": "p1"}))["info"]["result"] == "ok"
        assert platform["people"] == ["p1"]
        platform.host.fault("lobby", "disk-full")
        assert (await platform.ask("EditPerson", person("p2")))["info"]["result"] == "fail"
        platform.host.fault("lobby", "slow")
        assert (await platform.ask("QueryPerson", {}))["info"]["customId"] == "p1"
        assert set(platform["faults"]) == {"keeps-deleted", "disk-full", "slow"}


async def test_the_broker_says_when_it_is_gone(mosquitto: Mosquitto) -> None:
    async with managing(mosquitto) as platform:
        platform.host.fault("lobby", "power-loss")
        await eventually(
            lambda: any(each["operator"] == "Offline" for each in platform.watcher.of("mqtt/face/basic"))
        )


async def test_whose_face_was_deleted_does_not_come_by_themselves(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    (tmp_path / "consents").write_text("p1\np2\n")
    file = str(tmp_path / "consents")
    async with managing(mosquitto, consents_file=file, enrol_every_s=1.0) as platform:
        await platform.batch("EditPersonsNew", [person("p1")], 1)
        await until(platform.host, lambda: platform["faces"] == ["p1"])
        await platform.ask("DelPerson", {"customId": "p1"})
        await platform.batch("EditPersonsNew", [person("p1"), person("p2")], 2)
        await until(platform.host, lambda: platform["faces"] == ["p2"])
        platform.host.step(5)
        assert platform["faces"] == ["p2"]
        platform.host.happen("lobby", "enrol")
        assert platform["faces"] == ["p1", "p2"], "who is called comes"


async def test_whom_it_holds_outlives_the_simulator(mosquitto: Mosquitto, tmp_path: Path) -> None:
    files = {"state_file": str(tmp_path / "state.json"), "consents_file": str(tmp_path / "consents")}
    async with managing(mosquitto, **files, enrol_every_s=1.0) as platform:
        await platform.batch("EditPersonsNew", [person("p1", RFIDCard="7"), person("p2")], 2)
        platform.host.step(5)
        assert platform["faces"] == [], "nobody has consented"
        (tmp_path / "consents").write_text("p2\n")
        await until(platform.host, lambda: platform["faces"] == ["p2"])
    async with managing(mosquitto, **files) as platform:
        assert (platform["people"], platform["faces"], platform["cards"]) == (["p1", "p2"], ["p2"], 1)
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0


def test_wrong_options_are_explained(tmp_path: Path) -> None:
    with pytest.raises(BadOptions, match="must be mqtt://HOST:PORT/SERIAL or http://HOST:PORT"):
        create("face", "lobby", {"wire": "mqtt://127.0.0.1:1883"}, VirtualClock())
    broken = tmp_path / "state.json"
    broken.write_text("[{}]")
    with pytest.raises(BadOptions, match="cannot read state_file"):
        create("face", "lobby", {"wire": "http://127.0.0.1:0", "state_file": str(broken)}, VirtualClock())
    terminal = create("face", "lobby", {"wire": "http://127.0.0.1:0"}, VirtualClock())
    with pytest.raises(UnknownName, match="allowed: card-known, card-passes, card-unknown"):
        terminal.happen("parade")
    with pytest.raises(UnknownName, match="refuses-delete"):
        terminal.fault("rust")
