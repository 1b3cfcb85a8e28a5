"""One line to a 云快充 pile, from its login on."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from contract.errors import InvalidMessage
from drivers.charger.tcp.conversation import Conversation
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Complain, Job
from drivers.charger.ykc.frames import PLAIN, Frame, YkcFormat
from drivers.charger.ykc.kinds import Kind
from drivers.charger.ykc.messages import Login, logged_in
from drivers.charger.ykc.pile import ANSWERS, Pile

LOST_S: Final = 35.0
"""Heartbeats come every 10 s; three that fail, and the pile is lost."""

HELLO_S: Final = 60.0
"""A pile logs in as soon as it is connected."""


class YkcTalk(Conversation[Frame]):
    """What is said on one line."""

    def __init__(self, line: Line, piles: Mapping[str, Pile], complain: Complain) -> None:
        super().__init__(line, YkcFormat(), complain)
        self._piles = piles
        self._pile: Pile | None = None

    def over(self) -> None:
        """Take that the line is closed."""
        if self._pile is not None:
            self._pile.detach(self._line, self._line.why)

    def _meet(self, frame: Frame) -> list[Job]:
        if frame.cipher != PLAIN:
            self._complain(f"{self._line.peer}: enciphered (method {frame.cipher}); the pile must not")
            self._line.close("the pile enciphers what it says")
            return []
        self._pass_on(frame)
        return [partial(self._take, frame)]

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
        pile = self._pile
        if pile is None:
            if now - self._line.opened_at > HELLO_S:
                self._line.close("no pile has logged in")
        elif pile.line is not self._line:
            self._line.close("the pile has connected anew")
        elif now - pile.heard_at > LOST_S:
            self._line.close(f"no heartbeat for {LOST_S:.0f} s")
        else:
            return pile.due()
        return []
