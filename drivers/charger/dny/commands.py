"""What we ask of one DNY post: at its pace, said once more where it does not answer, as the protocol says."""

import asyncio
import random
from typing import Final

from contract.clock import Clock
from drivers.charger.dny.frames import Frame
from drivers.charger.dny.orders import Order
from drivers.charger.tcp.answers import Answers
from drivers.charger.tcp.attached import Attached
from drivers.runtime.waiting import pause

POLL: Final = 0x81
CHARGE: Final = 0x82
RESET: Final = 0x87

ANSWER_S: Final = 15.0
"""Then a command is said once more, under the same number, by which the post knows it (§1.0.2)."""

GAP_S: Final = 0.5
"""At least so long between what we say to one post (§1.0.2)."""

MOST_ORDERS: Final = 32
"""Orders that are remembered, for an answer that comes late."""


class Commands:
    """Numbers commands, sends them, and finds the answers."""

    def __init__(self, post: Attached, clock: Clock) -> None:
        self.polled_at = float("-inf")
        self._post = post
        self._clock = clock
        self._answers: Answers[tuple[int, int], bytes] = Answers(clock)
        self._orders: dict[int, Order] = {}
        self._number = random.randrange(0x10000)  # noqa: S311 - only so that a restart of ours repeats none
        self._turn = asyncio.Lock()
        self._sent_at = float("-inf")

    async def poll(self) -> None:
        """Ask the post to register and send a heartbeat; nothing answers the command itself."""
        self.polled_at = self._clock.monotonic()
        await self._send(self._frame(POLL, b""))

    async def order(self, order: Order, data: bytes) -> bytes | None:
        """Begin or end a charge; the answer's data, None if there is none."""
        frame = self._frame(CHARGE, data)
        self._orders[frame.message] = order
        while len(self._orders) > MOST_ORDERS:
            del self._orders[next(iter(self._orders))]
        return await self._ask(frame, times=2)

    async def reset(self) -> bytes | None:
        """Restart the post, which forgets the number by which it would know a repetition: said only once."""
        return await self._ask(self._frame(RESET, b""), times=1)

    async def reply(self, frame: Frame, data: bytes) -> None:
        """Answer the post at once."""
        self._sent_at = self._clock.monotonic()
        await self._post.send(frame.answer(data).encode())

    def answered(self, frame: Frame) -> None:
        """Take an answer."""
        self._answers.take((frame.command, frame.message), frame.data)

    def order_of(self, answer: Frame) -> Order | None:
        """Return the order that was answered, once."""
        return self._orders.pop(answer.message, None)

    def lose(self, why: str) -> None:
        """Take that the post is gone."""
        self._answers.lose(why)

    def _frame(self, command: int, data: bytes) -> Frame:
        self._number = (self._number + 1) & 0xFFFF
        return Frame(self._post.name, self._number, command, data)

    async def _ask(self, frame: Frame, *, times: int) -> bytes | None:
        with self._answers.expecting((frame.command, frame.message)) as awaited:
            for _ in range(times):
                sent_at = await self._send(frame)
                left_s = sent_at + ANSWER_S - self._clock.monotonic()
                if (answer := await awaited.within(left_s)) is not None:
                    return answer
        return None

    async def _send(self, frame: Frame) -> float:
        """Send in turn; when, in seconds of a clock that never goes back."""
        async with self._turn:
            await pause(self._clock, self._sent_at + GAP_S - self._clock.monotonic())
            self._sent_at = sent_at = self._clock.monotonic()
            await self._post.send(frame.encode())
        return sent_at
