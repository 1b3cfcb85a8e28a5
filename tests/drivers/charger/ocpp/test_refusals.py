"""What is not let in, and what is not taken: by npm ocpp-rpc, or a raw WebSocket where that is too strict."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.ocpp import admission, strangers
from drivers.charger.ocpp.rpc import MOST_NONSENSE
from drivers.charger.ocpp.session import QUIET_S, SILENT_S
from tests.drivers.charger.ocpp.site import ORDER, PASSWORD, POST, open_site
from tests.drivers.charger.ocpp.station import charging_stations
from tests.waiting import PATIENCE_S, eventually

HEARTBEAT = [2, "beat", "Heartbeat", {}]


async def said(raw: ClientConnection, *frames: Any) -> list[Any]:
    """Say something, then what is sure to be answered; return the answers before that one."""
    for frame in (*frames, HEARTBEAT):
        await raw.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))
    answers: list[Any] = []
    async with asyncio.timeout(PATIENCE_S):
        async for text in raw:
            answer = json.loads(text)
            if answer[:2] == [3, "beat"]:
                return answers
            if answer[0] != 2:
                answers.append(answer)
    raise AssertionError(f"closed: {raw.close_code}")


async def closed(raw: ClientConnection) -> int | None:
    """Wait until our side has hung up; return the code."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await raw.recv()
            except ConnectionClosed:
                return raw.close_code


async def test_only_who_proves_to_be_a_post_of_ours_comes_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets.client").setLevel(logging.WARNING)
    async with open_site(tmp_path) as site, charging_stations() as stations:
        ear = await site.ear()
        wrong = await stations.connect(site, "ocpp1.6", password="wrong horse battery")
        assert wrong.outcome["refused"] == 401
        assert (await stations.connect(site, "ocpp1.6", password=None)).outcome["refused"] == 401
        unknown = await stations.connect(site, "ocpp1.6", post="GARAGE-02")
        assert unknown.outcome["refused"] == 404
        assert (await stations.connect(site, "ocpp2.1")).outcome["refused"] == 400

        with pytest.raises(InvalidStatus) as nobody:
            await site.raw(told="")
        assert nobody.value.response.headers["WWW-Authenticate"].startswith('Basic realm="OCPP"')
        for told in (f"GARAGE-02:{PASSWORD}", f"{POST}:{PASSWORD}x", PASSWORD):
            with pytest.raises(InvalidStatus, match="401"):
                await site.raw(told=told)
        with pytest.raises(InvalidStatus, match="400") as mute:
            await site.raw(protocol="")
        assert b"ocpp1.6" in (mute.value.response.body or b"")
        raw = await site.raw(protocol="ocpp2.0.1")
        assert raw.subprotocol == "ocpp2.0.1"
        await raw.close()
        assert len([each for each in ear.nonsense if "wrong password" in each]) == 4
        assert PASSWORD not in caplog.text + str(ear.nonsense)
        assert "Traceback" not in caplog.text
    assert ear.link is None


async def test_guessing_is_slowed_and_who_knows_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "FIRST_DELAY_S", 3.0)
    monkeypatch.setattr(admission, "LONGEST_DELAY_S", 3.0)
    async with open_site(tmp_path) as site:
        await site.ear()

        async def guess(number: int) -> int:
            with pytest.raises(InvalidStatus) as refusal:
                await site.raw(told=f"{POST}:guess {number}")
            return refusal.value.response.status_code

        guesses = [asyncio.create_task(guess(number)) for number in range(10)]
        done, _ = await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
        assert {each.result() for each in done} == {429}
        await (await site.raw()).close()
        assert sum(each.done() for each in guesses) == 2, "the others still wait"
        assert sorted(await asyncio.gather(*guesses)) == [401] * 8 + [429] * 2


NONSENSE_16: list[tuple[Any, list[Any]]] = [
    ("not json", ["-1", "FormationViolation"]),
    ("[" * 60_000, ["-1", "FormationViolation"]),
    ("[2,NaN]", ["-1", "FormationViolation"]),
    (b"\x00\x01", ["-1", "FormationViolation"]),
    ({"a": 1}, ["-1", "FormationViolation"]),
    ([], ["-1", "FormationViolation"]),
    ([2, 7, "Heartbeat", {}], ["-1", "FormationViolation"]),
    ([2, "a", "Heartbeat"], ["a", "FormationViolation"]),
    ([2, "b", {}, {}], ["b", "FormationViolation"]),
    ([2, "c", "Heartbeat", []], ["c", "FormationViolation"]),
    ([2, "d", "Nonsense", {}], ["d", "NotImplemented"]),
    ([2, "e", "../v201/schemas/Reset", {}], ["e", "NotImplemented"]),
    ([2, "f", "Reset", {"type": "Soft"}], ["f", "NotSupported"]),
    ([2, "g", "Authorize", {}], ["g", "ProtocolError"]),
    ([2, "h", "Authorize", {"idTag": 7}], ["h", "TypeConstraintViolation"]),
    ([2, "i", "Authorize", {"idTag": "1", "more": 1}], ["i", "FormationViolation"]),
    ([2, "j", "Authorize", {"idTag": "1" * 21}], ["j", "TypeConstraintViolation"]),
    ([9, "k", {}], []),  # to be ignored
    ([3, "l", {}], []),
    ([3, "m"], []),
    ([4, "n"], []),
]
NONSENSE_201: list[tuple[Any, list[Any]]] = [
    ("not json", ["-1", "RpcFrameworkError"]),
    ([2, "a", "Heartbeat", []], ["a", "FormatViolation"]),
    ([9, "b", {}], ["b", "MessageTypeNotSupported"]),
    ([2, "c", "StopTransaction", {}], ["c", "NotImplemented"]),
]


@pytest.mark.parametrize(
    ("protocol", "cases"), [("ocpp1.6", NONSENSE_16), ("ocpp2.0.1", NONSENSE_201)], ids=["1.6", "2.0.1"]
)
async def test_nonsense_is_answered_and_counted(
    tmp_path: Path, protocol: str, cases: list[tuple[Any, list[Any]]], caplog: pytest.LogCaptureFixture
) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear()
        raw = await site.raw(protocol=protocol)
        for frame, expected in cases:
            before = len(ear.nonsense)
            answers = await said(raw, frame)
            assert [each[1:3] for each in answers] == ([expected] if expected else []), frame
            assert all(each[0] == 4 and each[4] == {} for each in answers)
            assert len(ear.nonsense) == before + ("NotSupported" not in expected), frame
        await raw.close()
    assert caplog.records == []


async def test_who_talks_only_nonsense_is_shown_out(tmp_path: Path) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear()
        raw = await site.raw()
        for _ in range(MOST_NONSENSE):
            await raw.send("nonsense")
        assert await closed(raw) == 1002
        assert len(ear.nonsense) == MOST_NONSENSE

        raw = await site.raw()
        await said(raw)
        await raw.send(json.dumps([2, "a", "Authorize", {"idTag": "x" * 300_000}]))
        assert await closed(raw) == 1009
        await eventually(lambda: ear.why == "it sent a message that is too big")
        assert ear.link is None


async def test_a_swarm_that_says_nothing_keeps_no_post_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "MOST_STRANGERS", 5)
    async with open_site(tmp_path) as site:
        ear = await site.ear()
        known = await site.raw()
        await said(known)
        swarm = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", site.number) for _ in range(20)))
        for _, writer in swarm:
            writer.write(b"GET /GARAGE-01 HTTP/1.1\r\n")
        await said(known)
        async with asyncio.timeout(PATIENCE_S):
            assert [await reader.read(1) for reader, _ in swarm[:15]] == [b""] * 15
        assert len(ear.nonsense) == 15
        again = await site.raw()
        await said(again)
        assert await closed(known) == 1000
        for _, writer in swarm:
            writer.close()
        await again.close()


async def test_a_post_that_connects_anew_leaves_its_older_connection(
    tmp_path: Path,
) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear()
        older = await site.raw()
        await said(older)
        link = ear.asks
        newer = await site.raw()
        assert await closed(older) == 1000
        assert ear.why == "the post connected anew"
        with pytest.raises(DeviceUnreachable):
            await link.reset()
        # It says nothing by itself, so it is asked, and answers like one that cannot be.
        site.port.clock.advance(QUIET_S)
        asked = json.loads(await newer.recv())
        assert asked[2:] == ["TriggerMessage", {"requestedMessage": "BootNotification"}]
        await newer.send(json.dumps([4, asked[1], "NotImplemented", "", {}]))
        await eventually(lambda: ear.link)
        assert ear.asks is not link
        await newer.close()


async def test_a_line_that_lives_longer_than_the_program_behind_it(tmp_path: Path) -> None:
    async def asked(raw: ClientConnection) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            async for text in raw:
                if json.loads(text)[2:] == ["TriggerMessage", {"requestedMessage": "Heartbeat"}]:
                    return json.loads(text)[1]
        raise AssertionError(f"closed: {raw.close_code}")

    async with open_site(tmp_path) as site:
        ear = await site.ear()
        raw = await site.raw()
        await said(raw)
        site.port.clock.advance(SILENT_S)
        await raw.send(json.dumps([4, await asked(raw), "NotImplemented", "", {}]))
        await said(raw)
        assert ear.link, "one that is merely quiet answers, be it no"
        site.port.clock.advance(SILENT_S)
        await asked(raw)
        site.port.clock.advance(2)
        await eventually(lambda: ear.why == "it says nothing any more")
        assert ear.link is None
        await raw.close()


async def test_answers_that_do_not_come_or_make_no_sense(tmp_path: Path) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear(answer_timeout_s=0.5)
        raw = await site.raw()
        await said(raw)
        first = json.loads(await raw.recv())
        assert first[2] == "GetConfiguration", "what is asked before anything else"
        site.port.clock.advance(0.5)
        await eventually(lambda: ear.nonsense == ["no answer to GetConfiguration within 0.5 s"])
        await said(raw, [3, first[1], {}])
        assert len(ear.nonsense) == 1, "an answer that is late is none that nobody asked for"

        async def answer(reply: list[Any]) -> DeviceError:
            stopping = asyncio.create_task(ear.asks.stop("7", None))
            asked = json.loads(await raw.recv())
            await raw.send(json.dumps([reply[0], asked[1], *reply[1:]]))
            with pytest.raises(DeviceError) as failed:
                await stopping
            return failed.value

        assert (await answer([3, {"status": "Maybe"}])).code == "no-answer"
        assert (await answer([3, []])).code == "no-answer"
        refusal = await answer([4, "InternalError", "out\x1bof order", {}])
        assert (refusal.code, str(refusal)) == (
            "refused-by-post",
            "the post refuses: InternalError outof order",
        )
        with pytest.raises(DeviceError, match="no charge of"):
            await ear.asks.stop("tx-1", ORDER)
        await raw.close()


async def test_connectors_that_disagree_are_refused(tmp_path: Path) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear()
        await site.ear(ear=ear)
        with pytest.raises(DeviceError, match="two devices are connector 1") as twice:
            await site.ear()
        assert twice.value.code == "configuration"
        with pytest.raises(DeviceError, match="another password") as other:
            await site.ear(connector=2, password="another horse battery")
        assert other.value.code == "configuration"
        with pytest.raises(DeviceError, match="at least 16 characters") as short:
            await site.ear(post="GARAGE-02", password="short")
        assert "short" not in str(short.value).partition("ocpp: ")[2]
        async with open_site(tmp_path) as second:
            second.number = site.number
            with pytest.raises(DeviceUnreachable, match="cannot listen at"):
                await second.ear()
