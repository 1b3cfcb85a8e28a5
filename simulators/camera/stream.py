"""The film of one camera as it runs: which picture is due, and who gets it."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from simulators.camera.digest import Account, Scheme
from simulators.camera.look import Look
from simulators.camera.loops import Film, Films, Shot
from simulators.camera.rtp import CLOCK_HZ, packet, sender_report
from simulators.clock import Clock

REPORT_EVERY_S = 5
LATE_S = 1.0  # what is later than this is left out, as a camera does


class Line(Protocol):
    """Where the packets of one viewer go."""

    def send(self, packets: list[bytes]) -> bool:
        """Send RTP packets of one picture; False where the viewer takes them too slowly."""
        ...

    def report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        ...

    def abort(self) -> None:
        """Drop the viewer."""
        ...


class Viewer:
    """One reader of a stream: its RTP numbers. `broken` makes nonsense of a payload."""

    def __init__(self, line: Line, chance: random.Random) -> None:
        self.line = line
        self.ssrc = chance.getrandbits(32)
        self.sequence = chance.getrandbits(15)
        self.packets = self.octets = self.skipped = 0
        self._base = chance.getrandbits(31)
        self._waits_for_key = True

    def timestamp(self, number: int, fps: int) -> int:
        """Return the RTP timestamp of picture `number`."""
        return (self._base + number * CLOCK_HZ // fps) & 0xFFFFFFFF

    def send(self, shot: Shot, timestamp: int, broken: Callable[[bytes], bytes] | None) -> None:
        """Send one picture, the first of all a key picture."""
        if self._waits_for_key and not shot.key:
            self.skipped += 1
            return
        payloads = shot.payloads if broken is None else tuple(broken(each) for each in shot.payloads)
        end = len(payloads) - 1
        packets = [
            packet(
                payload,
                last=number == end,
                sequence=self.sequence + number,
                timestamp=timestamp,
                ssrc=self.ssrc,
            )
            for number, payload in enumerate(payloads)
        ]
        self._waits_for_key = not self.line.send(packets)
        if not self._waits_for_key:
            self.sequence += len(packets)
            self.packets += len(packets)
            self.octets += sum(map(len, payloads))


@dataclass(slots=True, kw_only=True)
class Manner:
    """How the camera behaves, whatever it sees."""

    powered: bool = True
    stalled: bool = False
    slow: bool = False
    garbage: bool = False
    refusing: bool = False


class Stream:
    """One camera's film, its account and its viewers; it runs only while somebody looks."""

    def __init__(
        self,
        look: Look,
        *,
        clock: Clock,
        seed: int,
        account: Account | None = None,
        scheme: Scheme = "digest",
    ) -> None:
        self.look = look
        self.manner = Manner()
        self.account, self.scheme = account, scheme
        self.viewers: set[Viewer] = set()
        self.connections = 0
        self.pictures = self.packets = 0
        self._films: Films | None = None
        self._clock = clock
        self._chance = random.Random(seed)  # noqa: S311 - numbers of pretend packets
        self._film: Film | None = None
        self._acting: str | None = None
        self._act: str | None = None
        self._place = self._chance.randrange(look.length)
        self._number = 0
        self._group: list[tuple[int, Shot]] = []
        self._running: asyncio.Task[None] | None = None

    def stand_on(self, films: Films) -> None:
        """Say where films come from."""
        self._films = films

    def act(self, name: str) -> None:
        """Let something pass through the picture once."""
        self._act = name

    async def film(self) -> Film:
        """Return the film of now, when it is made."""
        assert self._films is not None  # noqa: S101 - streams are put on a server before they are asked
        return await self._films.get(self.look)

    def viewer(self, line: Line) -> Viewer:
        """Make the RTP numbers for a new reader."""
        return Viewer(line, self._chance)

    def first_timestamp(self, viewer: Viewer) -> int:
        """Return the RTP timestamp of the first picture that `viewer` would get if it joined now."""
        number = self._group[0][0] if self._group and not self.manner.stalled else self._number
        return viewer.timestamp(number, self.look.fps)

    def join(self, viewer: Viewer) -> None:
        """Show the film to `viewer`, from the last key picture on."""
        self.viewers.add(viewer)
        if self._running is None or self._running.done():
            self._group.clear()
            self._place -= self._place % self.look.fps  # a new film begins with a key picture
            self._running = asyncio.create_task(self._run())
        for number, shot in self._group:
            self._show(viewer, number, shot)

    def leave(self, viewer: Viewer) -> None:
        """Show it nothing more."""
        self.viewers.discard(viewer)

    def drop_all(self) -> None:
        """Drop every viewer."""
        for viewer in list(self.viewers):
            viewer.line.abort()

    async def close(self) -> None:
        """Stop the film."""
        self.drop_all()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        loop, fps = asyncio.get_running_loop(), self.look.fps
        start = loop.time() - self._number / fps
        while self.viewers:
            ahead_s = start + self._number / fps - loop.time()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            elif ahead_s < -LATE_S:
                self._number = int((loop.time() - start) * fps)
            self._tick()
            self._number += 1
        self._group.clear()

    def _tick(self) -> None:
        shot = self._next()
        if shot is None or self.manner.stalled or (self.manner.slow and not shot.key):
            return
        if shot.key:
            self._group.clear()
        self._group.append((self._number, shot))
        self.pictures += 1
        for viewer in list(self.viewers):
            self._show(viewer, self._number, shot)

    def _show(self, viewer: Viewer, number: int, shot: Shot) -> None:
        if self.manner.stalled:
            return
        timestamp = viewer.timestamp(number, self.look.fps)
        sent = viewer.packets
        viewer.send(shot, timestamp, self._nonsense if self.manner.garbage else None)
        self.packets += viewer.packets - sent
        if sent == 0 or number % (REPORT_EVERY_S * self.look.fps) == 0:
            self._report(viewer, timestamp)

    def _report(self, viewer: Viewer, timestamp: int) -> None:
        viewer.line.report(
            sender_report(
                ssrc=viewer.ssrc,
                unix_s=self._clock.now_s(),
                timestamp=timestamp,
                packets=viewer.packets,
                octets=viewer.octets,
            )
        )

    def _next(self) -> Shot | None:
        assert self._films is not None  # noqa: S101 - see `film`
        film = self._films.ready(replace(self.look, act=self._act))
        if film is not None and film is not self._film:
            self._place = 0 if self._act else self._place % len(film.shots) // film.fps * film.fps
            self._film, self._acting = film, self._act
        if self._film is None:
            return None
        shot = self._film.shots[self._place]
        self._place += 1
        if self._place >= len(self._film.shots):
            self._place = 0
            if self._acting is not None:  # it passes once
                self._act = None
        return shot

    def _nonsense(self, payload: bytes) -> bytes:
        return payload[:1] + self._chance.randbytes(len(payload) - 1)
