"""臻识 HTTP push: the camera posts each reading and does what the answer says; the rest it tells later.

A heartbeat, or a poll that is answered with orders too (comet), goes to another path. Old readings come with
`isoffline` 1, one by one, and only as long as each answer says `continue`; a new reading goes first.
"""

import asyncio
import contextlib
import io
import json
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp

from simulators.lpr.record import Card, Record
from simulators.lpr.zhenshi import Answer, Switch, alarm_info, input_info, plate_result, read_answer

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0
MOST_ANSWER = 64 * 1024
HEARTBEAT_S = 5.0  # with the offline check, which every gate wants: §2.5.1, 2


class ZhenshiPush:
    """One camera's pushing side. `plates`, `inputs` and `polls` are whole URLs; None: it tells none."""

    def __init__(  # noqa: PLR0913 - what a person sets on the camera's own pages
        self,
        *,
        serial: str,
        plates: str,
        inputs: str | None,
        polls: str | None,
        comet: bool,
        poll_s: float,
        card: Card,
        switch: Callable[[Switch], None],
    ) -> None:
        self.pushed = self.answered = self.replayed = self.polled = 0
        self._serial, self._card, self._switch = serial, card, switch
        self._plates, self._inputs, self._polls = plates, inputs, polls
        self._comet, self._poll_s = comet, poll_s
        self._online, self._reached, self._may_replay = True, False, False
        self._fresh: deque[Record] = deque()
        self._changes: deque[tuple[int, bool]] = deque()
        self._until_poll_s = 0.0
        self._awake, self._poll_now = asyncio.Event(), asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether it has a network."""
        return self._online

    async def open(self) -> None:
        """Begin to push and poll."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        self._tasks = [asyncio.create_task(self._push_all()), asyncio.create_task(self._poll_all())]

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self._until_poll_s -= dt_s
        if self._until_poll_s <= 0:
            self._until_poll_s = self._poll_s
            self._poll_now.set()

    def tell(self, record: Record) -> None:
        """Push a new reading."""
        self._fresh.append(record)
        self._awake.set()

    def tell_input(self, number: int, closed: bool) -> None:
        """Push an input that changed; what cannot be told is forgotten."""
        if self._inputs is not None:
            self._changes.append((number, closed))
            self._awake.set()

    def cut(self) -> None:
        """Lose the network, or the power."""
        self._online = self._reached = self._may_replay = False

    def mend(self) -> None:
        """Have both again."""
        self._online = True
        self._until_poll_s = 0.0

    def counts(self) -> dict[str, int]:
        """Tell what went over the wire."""
        return {
            "pushed": self.pushed,
            "answered": self.answered,
            "replayed": self.replayed,
            "polls": self.polled,
        }

    async def _push_all(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            while self._fresh or self._changes or (self._may_replay and self._card.oldest is not None):
                await self._push_next()

    async def _push_next(self) -> None:
        if self._changes:
            number, closed = self._changes.popleft()
            await self._post(self._inputs, _json(input_info(self._serial, "IVS", number, closed)))
        elif self._fresh:
            await self._push_fresh(self._fresh.popleft())
        elif (old := self._card.oldest) is not None:
            await self._push_old(old)

    async def _push_fresh(self, record: Record) -> None:
        self.pushed += 1
        answer = await self._push(record, offline=False)
        if answer is None:
            self._card.keep(record)
            self._reached = self._may_replay = False
            return
        self.answered += 1
        self._may_replay = self._reached = True
        self._obey(answer)

    async def _push_old(self, record: Record) -> None:
        answer = await self._push(record, offline=True)
        self._may_replay = answer is not None and answer.continues
        if answer is not None:
            self.replayed += 1
            self._card.forget(record.number)
            self._obey(answer)  # a camera does not wonder: whoever opens for an old reading opens

    async def _push(self, record: Record, *, offline: bool) -> Answer | None:
        result = plate_result(record, offline=offline, coded=False)
        return await self._post(self._plates, _json(alarm_info(self._serial, "IVS", result, coded=False)))

    async def _poll_all(self) -> None:
        while self._polls is not None:
            await self._poll_now.wait()
            self._poll_now.clear()
            answer = await self._post(self._polls, self._about())
            if answer is None:
                self._reached = self._may_replay = False
                continue
            self.polled += 1
            if self._comet:
                self._obey(answer)
            if not self._reached:
                self._reached = self._may_replay = True
                self._awake.set()

    def _about(self) -> aiohttp.FormData:
        """Say who the camera is. Its own account, which real ones send too, is nobody's business."""
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in (
            ("device_name", "IVS"),
            ("ipaddr", "192.0.2.65"),
            ("port", "80"),
            ("user_name", ""),
            ("pass_wd", ""),
            ("serialno", self._serial),
            ("channel_num", "1"),
        ):
            form.add_field(name, value)
        return form

    async def _post(self, url: str | None, body: Any) -> Answer | None:
        """Post and read the answer; None where nobody answered, or not so that a camera understands it."""
        if url is None or self._session is None or not self._online:
            return None
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
            async with self._session.post(url, data=body) as response:
                said = await response.content.read(MOST_ANSWER)
                if response.status == 200 and self._online:
                    return read_answer(said)
                log.info("camera %s: %s", self._serial, response.status)
        return None

    def _obey(self, answer: Answer) -> None:
        for switch in answer.switches:
            self._switch(switch)


def _json(said: Any) -> aiohttp.BytesIOPayload:
    """Make a body of JSON; as a stream, since pictures are long."""
    return aiohttp.BytesIOPayload(io.BytesIO(json.dumps(said).encode()), content_type="application/json")
