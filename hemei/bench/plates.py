"""`hemei bench plates`: from a plate that a camera pushes to the answer and to the boom's relay, without hub.

Pushes come one after another, at times that no poll of the board knows; each has pictures of its own.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

import aiohttp
import msgspec
from msgspec import Struct

from contract.lists import Vehicle
from hemei.bench.ingest import BenchFailed
from hemei.bench.plates_gate import LEVEL, BenchGate, private_gate
from hemei.bench.resources import Meter, Usage
from hemei.bench.viewer import quantile
from simulators.lpr.picture import pictures
from simulators.lpr.record import Record
from simulators.lpr.zhenshi import alarm_info, plate_result

SERIAL: Final = "bench-00000001"
PATH: Final = "/devicemanagement/php/plateresult.php"
LONGEST_GAP_S: Final = 0.1
OPENS_WITHIN_S: Final = 5.0
NOTHING_WITHIN_S: Final = 0.1
"""A boom that was told to open for nobody was so within this time."""
READY_WITHIN_S: Final = 30.0
LISTED, BLOCKED, UNKNOWN = "listed", "blocked", "unknown"
ONE_OF_EACH: Final = (*[LISTED] * 8, BLOCKED, UNKNOWN)


class PlatesQuestion(Struct, frozen=True, kw_only=True):
    """What is asked: how many pushes, over how many vehicles on the list, with pictures of how many KiB."""

    pushes: int
    vehicles: int
    picture_kib: int


class PlatesAnswer(Struct, frozen=True, kw_only=True):
    """What was measured, in ms from the first byte of a push. `relay_…`: until the board was told to open.

    `wrong`: answers that are not what the list says. `unopened`: listed plates for which the board was not
    told; `opened_wrongly`: times that it was for others, or twice.
    """

    pushes: int
    vehicles: int
    picture_kib: int
    admitted: int
    refused: int
    wrong: int
    unopened: int
    opened_wrongly: int
    answer_p50_ms: float | None
    answer_p99_ms: float | None
    answer_longest_ms: float | None
    relay_p50_ms: float | None
    relay_p99_ms: float | None
    relay_longest_ms: float | None
    processes: dict[str, Usage]


class Outcome(NamedTuple):
    """One push: what its plate is, whether it was answered "open", and after how many ms what happened."""

    what: str
    ok: bool
    answer_ms: float
    relays_ms: tuple[float, ...]


async def measure(question: PlatesQuestion) -> PlatesAnswer:
    """Run the benchmark."""
    async with private_gate(_vehicles(question.vehicles)) as gate, aiohttp.ClientSession() as session:
        camera = Camera(gate, session, question.picture_kib * 1024)
        await camera.until_ready()
        meter = Meter()
        meter.add("drivers", gate.host.pid)
        async with meter.looking():
            outcomes = [await camera.push(*each) for each in _comers(question)]
    return _answer(question, outcomes, meter)


def _answer(question: PlatesQuestion, outcomes: list[Outcome], meter: Meter) -> PlatesAnswer:
    answers = sorted(each.answer_ms for each in outcomes)
    relays = sorted(each.relays_ms[0] for each in outcomes if each.what == LISTED and each.relays_ms)
    admitted = sum(each.ok for each in outcomes)
    return PlatesAnswer(
        pushes=question.pushes,
        vehicles=question.vehicles,
        picture_kib=question.picture_kib,
        admitted=admitted,
        refused=len(outcomes) - admitted,
        wrong=sum(each.ok != (each.what == LISTED) for each in outcomes),
        unopened=sum(each.what == LISTED and not each.relays_ms for each in outcomes),
        opened_wrongly=sum(len(each.relays_ms[each.what == LISTED :]) for each in outcomes),
        answer_p50_ms=quantile(answers, 0.5),
        answer_p99_ms=quantile(answers, 0.99),
        answer_longest_ms=quantile(answers, 1.0),
        relay_p50_ms=quantile(relays, 0.5),
        relay_p99_ms=quantile(relays, 0.99),
        relay_longest_ms=quantile(relays, 1.0),
        processes=meter.usage,
    )


class Camera:
    """The camera's end of the wire."""

    def __init__(self, gate: BenchGate, session: aiohttp.ClientSession, picture_bytes: int) -> None:
        self._board = gate.board
        self._host = gate.host
        self._url = gate.url + PATH
        self._session = session
        self._picture_bytes = picture_bytes
        self._number = 0

    async def until_ready(self) -> None:
        """Push until the host is there and knows its board; BenchFailed if it never does."""
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and self._host.running:
            try:
                outcome = await self.push(LISTED, _plate(0))
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
                continue
            if outcome.ok and outcome.relays_ms:
                return
        raise BenchFailed("the driver host did not open for a listed plate")

    async def push(self, what: str, plate: str) -> Outcome:
        """Push one plate, and wait for all that comes of it."""
        body = self._body(plate)
        self._board.opened.clear()
        began = time.perf_counter()
        async with self._session.post(
            self._url, data=body, headers={"Content-Type": "application/json"}
        ) as said:
            answer = await said.read()
        answered = time.perf_counter()
        ok = said.status == 200 and _is_ok(answer)
        await self._see(OPENS_WITHIN_S if ok and what == LISTED else NOTHING_WITHIN_S)
        await asyncio.sleep(random.uniform(0, LONGEST_GAP_S))  # noqa: S311 - no secret
        relays_ms = tuple((at - began) * 1000 for at in self._board.opened)
        return Outcome(what, ok, (answered - began) * 1000, relays_ms)

    async def _see(self, within_s: float) -> None:
        """Wait until the board is told to open."""
        until = time.monotonic() + within_s
        while not self._board.opened and (remaining := until - time.monotonic()) > 0:
            self._board.stirred.clear()
            try:
                async with asyncio.timeout(remaining):
                    await self._board.stirred.wait()
            except TimeoutError:
                return

    def _body(self, plate: str) -> bytes:
        self._number += 1
        whole, part = pictures(plate, self._picture_bytes)
        record = Record(
            number=self._number,
            plate=plate,
            confidence=96,
            taken_s=time.time(),
            direction="in",
            whole=whole,
            part=part,
            uuid="",
        )
        result = plate_result(record, offline=False, coded=False)
        return msgspec.json.encode(alarm_info(SERIAL, "BENCH", result, coded=False))


def _is_ok(answer: bytes) -> bool:
    said = msgspec.json.decode(answer)
    return bool(said["Response_AlarmInfoPlate"]["info"] == "ok")


def _plate(number: int) -> str:
    return f"粤B{number:05}"


def _blocked(number: int) -> str:
    return f"湘C{number:05}"


def _vehicles(count: int) -> Iterator[Vehicle]:
    """Yield the list: one in fifty is blocked, beside as many as are asked for."""
    for number in range(count):
        yield Vehicle(key=f"v{number}", plate=_plate(number), levels=(LEVEL.key,))
    for number in range(max(1, count // 50)):
        yield Vehicle(key=f"b{number}", plate=_blocked(number), blocked=True)


def _comers(question: PlatesQuestion) -> Iterator[tuple[str, str]]:
    """Yield who comes: eight of ten are listed, one is blocked, one unknown."""
    for number in range(question.pushes):
        what = ONE_OF_EACH[number % len(ONE_OF_EACH)]
        if what == LISTED:
            yield what, _plate(1 + number % (question.vehicles - 1))
        elif what == BLOCKED:
            yield what, _blocked(number % max(1, question.vehicles // 50))
        else:
            yield what, f"京D{number % 100_000:05}"
