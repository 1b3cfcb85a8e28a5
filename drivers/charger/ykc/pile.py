"""One 云快充 pile: what it says, put into the words of its connectors, and answered.

A pile bounds a charge by money only. So it is given a flat price of 1 yuan a kWh and no service fee, and
with each start as many fen as the charge may take units of 10 Wh: it ends by itself what nobody supervises.
What its display shows is therefore no price. Time is not bounded by it, the driver ends a charge that is too
long. A charge has begun when the realtime data show it under its order; after a yes to a start they are asked
for, as a pile may take a minute to come to terms with the car.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from contract.clock import Clock
from contract.errors import InvalidMessage
from drivers.charger.link import Began, Ended
from drivers.charger.tcp.answers import Answers
from drivers.charger.tcp.attached import Attached
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Job
from drivers.charger.words import Trouble
from drivers.charger.ykc import messages, values, words
from drivers.charger.ykc.charging import Card, Realtime, Started, Stopped
from drivers.charger.ykc.connector import YkcLink
from drivers.charger.ykc.frames import Frame
from drivers.charger.ykc.gun import Gun, charge, reading
from drivers.charger.ykc.kinds import Kind
from drivers.charger.ykc.messages import Done, Heartbeat, Login, gun_of
from drivers.charger.ykc.record import Record
from drivers.charger.ykc.tariff import Tariff, TariffCheck

MODEL: Final = "0100"
PRICE: Final = 100_000
"""1 yuan a kWh: one fen is 10 Wh."""

SYNC_S: Final = 86_400.0
"""How often a pile is told the time: what it takes is billed by the hour."""

SLOW_CLOCK: Final = timedelta(minutes=10)
"""A charge that ended so long after now was timed by a clock that is wrong."""

ANSWERS: Final = frozenset({Kind.STARTED, Kind.STOPPED, Kind.RESTARTED, Kind.WORK_DONE})

Answer = Started | Stopped | Done
Question = tuple[int, int, str]
"""The kind of the answer, the gun (0: the pile) and, of a start, the order."""


class Pile(Attached):
    """A pile by its number. `orphaned` says whether what was charged at unnamed guns is nobody's."""

    def __init__(self, name: str, clock: Clock, orphaned: Callable[[], bool]) -> None:
        super().__init__(name, clock)
        self.guns = 0
        self.answers: Answers[Question, Answer] = Answers(clock)
        self._orphaned = orphaned
        self._sequences = count(1)
        self._direct = True
        self._priced = False
        self._timed_at = float("-inf")
        self._guns: dict[int, Gun] = {}
        self._meanings: dict[int, Callable[[Frame], Awaitable[None]]] = {
            Kind.HEARTBEAT: self._beat,
            Kind.TARIFF_CHECK: self._check_tariff,
            Kind.TARIFF_WANTED: self._give_tariff,
            Kind.REALTIME: self._realtime,
            Kind.CARD: self._card,
            Kind.RECORD: self._recorded,
            Kind.RECORD_17: self._recorded,
        }

    def link(self, connector: int, line: Line) -> YkcLink:
        """Make what a connector asks through."""
        return YkcLink(self, line, connector)

    def left(self, why: str) -> None:
        """Give up what was asked."""
        self.answers.lose(why)

    async def login(self, login: Login, frame: Frame, line: Line) -> None:
        """Let the pile in: tell it the time, and ask how its guns are."""
        self.guns, self._direct, self._priced = login.guns, login.direct, False
        self._guns.clear()
        self.attach(line, login.product)
        self.heard()
        await self.reply(frame, Kind.LOGGED_IN, messages.logged_in(self.name, admitted=True))
        await self._tell_time()
        for gun in self.ears:
            await self.say(Kind.READ, gun_of(self.name, gun))

    async def take(self, frame: Frame) -> None:
        """Take what the pile says; InvalidMessage if it makes no sense."""
        self.heard()
        meaning = self._meanings.get(frame.kind)
        if meaning is not None:
            await meaning(frame)

    def answered(self, frame: Frame) -> None:
        """Take an answer; InvalidMessage if it makes no sense."""
        if frame.kind == Kind.STARTED:
            started = Started.decode(frame.body)
            self.answers.take((frame.kind, started.gun, started.order), started)
        elif frame.kind == Kind.STOPPED:
            stopped = Stopped.decode(frame.body)
            self.answers.take((frame.kind, stopped.gun, ""), stopped)
        else:
            self.answers.take((frame.kind, 0, ""), Done.decode(frame.body))

    def due(self) -> list[Job]:
        """Return what is to be done because time has passed."""
        return [self._tell_time] if self.clock.monotonic() - self._timed_at > SYNC_S else []

    async def say(self, kind: int, body: bytes) -> None:
        """Say something of our own."""
        sequence = (next(self._sequences) & 0xFFFF).to_bytes(2, "little")
        await self.send(Frame(kind, body, sequence).encode())

    async def reply(self, frame: Frame, kind: int, body: bytes) -> None:
        """Answer the pile."""
        await self.send(frame._replace(kind=kind, body=body).encode())

    async def _tell_time(self) -> None:
        self._timed_at = self.clock.monotonic()
        await self.say(Kind.TIME, messages.Clock(pile=self.name, at=self.clock.now()).encode())

    async def _beat(self, frame: Frame) -> None:
        """Answer, and ask for what a heartbeat does not say when a gun breaks or is whole again."""
        beat = Heartbeat.decode(frame.body)
        self._ours(beat.pile)
        await self.reply(frame, Kind.HEARTBEAT_ANSWER, gun_of(self.name, beat.gun) + b"\0")
        if self._gun(beat.gun).faulty(beat.faulty):
            await self.say(Kind.READ, gun_of(self.name, beat.gun))

    async def _check_tariff(self, frame: Frame) -> None:
        """Find another's prices wrong, though they had our number: the pile then asks for ours."""
        check = TariffCheck.decode(frame.body)
        self._ours(check.pile)
        right = self._priced and check.model == MODEL
        await self.reply(frame, Kind.TARIFF_CHECKED, check.answer(right=right))

    async def _give_tariff(self, frame: Frame) -> None:
        tariff = Tariff(pile=self.name, model=MODEL, energy=(PRICE, PRICE, PRICE, PRICE))
        await self.reply(frame, Kind.TARIFF, tariff.encode())
        self._priced = True

    async def _card(self, frame: Frame) -> None:
        card = Card.decode(frame.body)
        self._ours(card.pile)
        await self.reply(frame, Kind.CARD_ANSWER, card.refusal())

    async def _realtime(self, frame: Frame) -> None:
        said = Realtime.decode(frame.body)
        self._ours(said.pile)
        ear, gun = self.ears.get(said.gun), self._gun(said.gun)
        if ear is None:
            return
        ear.status(gun.status(said))
        if (door := gun.door(said)) is not None:
            await ear.trouble(Trouble.DOOR, active=door)
        order = charge(said)
        if order is not None and not ear.knows(order):
            at = self.clock.now() - timedelta(minutes=said.minutes)
            await ear.began(Began(transaction=order, order=values.order_number(order) or "", at=at))
        await ear.metered(reading(said, direct=self._direct))

    async def _recorded(self, frame: Frame) -> None:
        """Report the end of a charge, and say so to the pile only when that is kept."""
        record = Record.decode(frame.body)
        self._ours(record.pile)
        ear = self.ears.get(record.gun)
        if ear is not None:
            await ear.ended(self._end(record))
        else:
            self.malformed(f"no device is connector {record.gun}")
            if not self._orphaned():
                return
        await self.reply(frame, Kind.RECORD_ANSWER, record.answer())

    def _end(self, record: Record) -> Ended:
        ended, began = self._believed(record.ended), self._believed(record.began)
        right = ended is not None and began is not None and began <= ended
        return Ended(
            transaction=record.transaction,
            order=values.order_number(record.order),
            at=ended or self.clock.now(),
            why=words.reason(record.why),
            meter=record.meter_ended,
            energy=record.energy,
            seconds=round((ended - began).total_seconds()) if ended and began and right else None,
            began_at=began if right else None,
        )

    def _believed(self, at: datetime | None) -> datetime | None:
        """Return a time if the pile's clock can have been right."""
        return None if at is None or at > self.clock.now() + SLOW_CLOCK else at

    def _gun(self, number: int) -> Gun:
        return self._guns.setdefault(number, Gun())

    def _ours(self, pile: str) -> None:
        if pile != self.name:
            raise InvalidMessage(f"pile {self.name} speaks as {pile}")
