"""One line to DNY posts: mostly one post, or a host with those behind it. Frames go by the post they name."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from contract.errors import InvalidMessage
from drivers.charger.dny import words
from drivers.charger.dny.frames import FIRST_DOWN, DnyFormat, Frame
from drivers.charger.dny.messages import time_told
from drivers.charger.dny.post import DnyPost
from drivers.charger.tcp.conversation import Conversation
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Complain, Job

LOST_S: Final = 420.0
"""Heartbeats come every 3 minutes (§3.1); two that fail and some patience more, and the post is lost."""

HELLO_S: Final = 240.0
"""After losing the network, a post says nothing before its next heartbeat: only power makes it register."""

HOST_TIME: Final = 0x12


class DnyTalk(Conversation[Frame]):
    """What is said on one line."""

    def __init__(self, line: Line, posts: Mapping[str, DnyPost], complain: Complain) -> None:
        super().__init__(line, DnyFormat(), complain)
        self._posts = posts
        self._spoke: dict[str, DnyPost] = {}
        self._host = False

    def over(self) -> None:
        """Take that the line is closed."""
        for post in self._here():
            post.detach(self._line, self._line.why)

    def _meet(self, frame: Frame) -> list[Job]:
        post = self._posts.get(frame.post)
        if post is not None and post.line is self._line and frame.command >= FIRST_DOWN:
            post.commands.answered(frame)
        return [partial(self._take, frame)]

    async def _take(self, frame: Frame) -> None:
        post = self._posts.get(frame.post)
        if post is None:
            await self._stranger(frame)
        elif self._belongs(post):
            self._spoke[post.name] = post
            try:
                await post.take(frame, self._line)
            except InvalidMessage as nonsense:
                post.malformed(str(nonsense))

    def _belongs(self, post: DnyPost) -> bool:
        """Whether the post is on this line: of two, the one that was opened last counts."""
        if post.line is not None and post.line.number > self._line.number:
            self._complain(f"{self._line.peer}: post {post.name} speaks on a line that it has left")
            return False
        return self._line.open

    async def _stranger(self, frame: Frame) -> None:
        """Hosts have no socket: no connector names them. Any other post alone on a line is hung up on."""
        if frame.kind in words.HOSTS:
            self._host = True
            if frame.command == HOST_TIME:
                await self._line.send(frame.answer(time_told(self._line.clock.now())).encode())
            return
        self._complain(f"{self._line.peer}: no connector names post {frame.post}")
        if not (self._host or self._here()):
            self._line.close(f"no connector names post {frame.post}")

    def _watch(self) -> list[Job]:
        """Look what the passing of time has brought."""
        now = self._line.clock.monotonic()
        jobs: list[Job] = []
        for post in self._here():
            if now - post.heard_at > LOST_S:
                post.detach(self._line, f"no heartbeat for {LOST_S:.0f} s")
            else:
                jobs += post.due()
        if not self._here() and (self._line.known or now - self._line.opened_at > HELLO_S):
            self._line.close("no post is on this line" if self._line.known else "no post has said who it is")
        return jobs

    def _here(self) -> list[DnyPost]:
        return [post for post in self._spoke.values() if post.line is self._line]
