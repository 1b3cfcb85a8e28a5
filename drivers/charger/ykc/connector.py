"""How a connector asks its 云快充 pile for something."""

from typing import TYPE_CHECKING, Final

from contract.errors import DeviceError
from drivers.charger.link import Limits
from drivers.charger.tcp.attached import Bounded
from drivers.charger.tcp.line import Line
from drivers.charger.ykc import values, words
from drivers.charger.ykc.charging import Start, Started, Stopped
from drivers.charger.ykc.kinds import Kind
from drivers.charger.ykc.messages import gun_of

if TYPE_CHECKING:
    from drivers.charger.ykc.pile import Answer, Pile, Question

ANSWER_S: Final = 15.0
WH_A_FEN: Final = 10
MOST_FEN: Final = 2**32 - 1
AT_ONCE: Final = b"\1"
"""Restart now, not when nobody charges (92)."""

ALL_POWER: Final = 100
"""Percent (52)."""


class YkcLink(Bounded):
    """A gun of a pile while it is on one line. Nothing is said twice: a pile has no numbers to know it by."""

    def __init__(self, pile: "Pile", line: Line, gun: int) -> None:
        super().__init__(pile, line)
        self._pile = pile
        self._gun = gun

    async def start(self, order: str, limits: Limits) -> None:
        """Ask for a charge that the pile ends at the energy allowed; then ask how it goes."""
        self._still()
        wanted = Start(
            order=values.padded(order),
            pile=self._pile.name,
            gun=self._gun,
            card=order,
            balance=max(1, min(MOST_FEN, limits.energy // WH_A_FEN)),
        )
        answer = await self._ask((Kind.STARTED, self._gun, wanted.order), Kind.START, wanted.encode())
        if isinstance(answer, Started) and not answer.done:
            raise _refused(words.refusal(answer.why, words.START_REFUSALS))
        await self.refresh()

    async def stop(self, transaction: str, order: str | None) -> None:
        """Ask the pile to end whatever this gun charges: it is not told which."""
        del transaction, order
        self._still()
        body = gun_of(self._pile.name, self._gun)
        answer = await self._ask((Kind.STOPPED, self._gun, ""), Kind.STOP, body)
        if isinstance(answer, Stopped) and not answer.done:
            raise _refused(words.refusal(answer.why, words.STOP_REFUSALS))

    async def set_available(self, *, available: bool) -> None:
        """Take the pile out of service, or back: only one with a single gun, as all of them are meant."""
        if self._pile.guns != 1:
            await super().set_available(available=available)
        self._still()
        await self._have(Kind.WORK_DONE, Kind.WORK, bytes([not available, ALL_POWER]))

    async def reset(self) -> None:
        """Ask the pile to start anew."""
        self._still()
        await self._have(Kind.RESTARTED, Kind.RESTART, AT_ONCE)

    async def refresh(self) -> None:
        """Ask for realtime data."""
        self._still()
        await self._pile.say(Kind.READ, gun_of(self._pile.name, self._gun))

    async def _have(self, answered: Kind, kind: Kind, what: bytes) -> None:
        """Have the pile do something that concerns it as a whole."""
        answer = await self._ask((answered, 0, ""), kind, values.bcd(self._pile.name, 7) + what)
        if not answer.done:
            raise _refused("the pile refuses")

    async def _ask(self, question: "Question", kind: Kind, body: bytes) -> "Answer":
        with self._pile.answers.expecting(question) as awaited:
            await self._pile.say(kind, body)
            answer = await awaited.within(ANSWER_S)
        if answer is None:
            raise DeviceError("the pile does not answer", code="no-answer")
        return answer


def _refused(why: str) -> DeviceError:
    return DeviceError(why, code="refused-by-post")
