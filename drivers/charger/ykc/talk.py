"""One line to a 云快充 pile, from its login on."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from contract.errors import InvalidMessage
from drivers.charger.tcp.deframing import Deframer, Noise
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Complain, Job
from drivers.charger.ykc.frames import PLAIN, Frame, YkcFormat
from drivers.charger.ykc.messages import Kind, Login, logged_in
from drivers.charger.ykc.pile import ANSWERS, Pile

LOST_S: Final = 35.0
"""Heartbeats come every 10 s; three that fail, and the pile is lost."""

HELLO_S: Final = 60.0
"""A pile logs in as soon as it is connected."""

CUT_S: Final = 5.0
"""A frame that has begun and is silent for so long does not go on."""


class YkcTalk:
    """What is said on one line."""

    def __init__(self, line: Line, piles: Mapping[str, Pile], complain: Complain) -> None:
        self._line = line
        self._piles = piles
        self._complain = complain
        self._deframer: Deframer[Frame] = Deframer(YkcFormat())
        self._pile: Pile | None = None

    def hear(self, chunk: bytes) -> Iterable[Job]:
        """Take what came. Answers go at once to who waits: what is to be done may be waiting itself."""
        if not chunk:
            return self._watch()
        return self._jobs(self._deframer.feed(chunk))

    def over(self) -> None:
        """Take that the line is closed."""
        if self._pile is not None:
            self._pile.detach(self._line, self._line.why)

    def _jobs(self, found: list[Frame | Noise]) -> list[Job]:
        jobs: list[Job] = []
        for each in found:
            if isinstance(each, Noise):
                self._complain(f"{self._line.peer}: {each}")
            elif each.cipher != PLAIN:
                self._complain(f"{self._line.peer}: enciphered (method {each.cipher}); the pile must not")
                self._line.close("the pile enciphers what it says")
            else:
                jobs.append(partial(self._take, each))
                self._pass_on(each)
        return jobs

    def _pass_on(self, frame: Frame) -> None:
        pile = self._pile
        if pile is None or pile.line is not self._line or frame.kind not in ANSWERS:
            return
        try:
            pile.answered(frame)
        except InvalidMessage as nonsense:
            pile.malformed(str(nonsense))

    async def _take(self, frame: Frame) -> None:
        if not self._line.open:
            return
        if frame.kind == Kind.LOGIN:
            await self._login(frame)
        elif self._pile is None:
            self._complain(f"{self._line.peer}: message {frame.kind:02X} before a login")
        elif self._pile.line is self._line:
            try:
                await self._pile.take(frame)
            except InvalidMessage as nonsense:
                self._pile.malformed(str(nonsense))

    async def _login(self, frame: Frame) -> None:
        login = Login.decode(frame.body)
        pile = self._piles.get(login.pile)
        if pile is None or self._pile not in (None, pile):
            self._complain(f"{self._line.peer}: no connector names pile {login.pile}")
            body = logged_in(login.pile, admitted=False)
            await self._line.send(frame._replace(kind=Kind.LOGGED_IN, body=body).encode())
            self._line.close(f"no connector names pile {login.pile}")
        elif pile.line is not None and pile.line.number > self._line.number:
            self._line.close("the pile has connected anew")
        else:
            self._pile = pile
            await pile.login(login, frame, self._line)

    def _watch(self) -> list[Job]:
        """Look what the passing of time has brought."""
        now = self._line.clock.monotonic()
        cut = now - self._line.heard_at > CUT_S and self._deframer.pending
        jobs = self._jobs(self._deframer.cut()) if cut else []
        pile = self._pile
        if pile is None:
            if now - self._line.opened_at > HELLO_S:
                self._line.close("no pile has logged in")
        elif pile.line is not self._line:
            self._line.close("the pile has connected anew")
        elif now - pile.heard_at > LOST_S:
            self._line.close(f"no heartbeat for {LOST_S:.0f} s")
        else:
            jobs += pile.due()
        return jobs
