"""Runs an analyser as a process of its own: a crash or a hang of it costs no picture."""

import asyncio
import contextlib
import os
import re
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.camera.analysis import words
from drivers.camera.analysis.words import Detection
from drivers.camera.stream import Frame
from drivers.runtime.waiting import pause, within

HANG_S: Final = 10.0
"""An analyser that has not answered a frame by then is killed; the first answer may take longer."""

START_S: Final = 60.0
"""For loading a model."""

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0


class Frames(Protocol):
    """Where frames come from."""

    async def fresh(self) -> Frame:
        """Return the next frame that comes."""
        ...


OnDetection = Callable[[Detection, Frame], Awaitable[None]]


def command(analyser: str) -> list[str]:
    """Return what to start: a dotted name is a Python module, anything else a command line."""
    if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", analyser):
        return [sys.executable, "-m", analyser]
    return shlex.split(analyser)


class Analysis:
    """One analyser, started again when it ends.

    Counted are its `restarts`, the frames `answered`, and those `skipped` while it thought for longer than
    its `fps` allow.
    """

    def __init__(self, analyser: str, clock: Clock, *, fps: float) -> None:
        self.running = False
        self.restarts = self.answered = self.skipped = 0
        self._command, self._clock, self._fps = command(analyser), clock, fps

    async def run(self, frames: Frames, found: OnDetection, failed: Callable[[str], None]) -> None:
        """Analyse until cancelled; what `frames` raises comes out, what the analyser does wrong not."""
        wait_s = FIRST_WAIT_S
        while True:
            answered = self.answered
            try:
                await self._session(frames, found)
            except _Fault as fault:
                failed(str(fault))
            self.restarts += 1
            wait_s = FIRST_WAIT_S if self.answered > answered else min(2 * wait_s, LONGEST_WAIT_S)
            await pause(self._clock, wait_s)

    async def _session(self, frames: Frames, found: OnDetection) -> None:
        process = await self._start()
        limit_s, number = START_S, 0
        try:
            while True:
                frame, number = await frames.fresh(), number + 1
                began = self._clock.monotonic()
                detections = await self._ask(process, number, frame, limit_s)
                self.skipped += int((self._clock.monotonic() - began) * self._fps)
                for detection in detections:
                    await found(detection, frame)
                self.running, limit_s = True, HANG_S
                self.answered += 1
                await pause(self._clock, began + 1 / self._fps - self._clock.monotonic())
        finally:
            self.running = False
            await _end(process)

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, limit=words.LONGEST_LINE, start_new_session=True
            )
        except OSError as error:
            raise _Fault(f"the analyser cannot be started: {error.strerror}") from error

    async def _ask(
        self, process: asyncio.subprocess.Process, number: int, frame: Frame, limit_s: float
    ) -> tuple[Detection, ...]:
        said = await asyncio.to_thread(words.say, number, frame)
        try:
            return words.read(await within(self._clock, limit_s, _exchange(process, said)), number)
        except TimeoutError as late:
            raise _Fault(f"the analyser has not answered within {limit_s} s") from late
        except (OSError, ValueError) as wrong:  # ValueError: a line without end
            raise _Fault("the analyser ended, or answers without end") from wrong
        except DeviceError as wrong:
            raise _Fault(str(wrong)) from wrong


class _Fault(Exception):
    """The analyser's fault, not the camera's."""


async def _exchange(process: asyncio.subprocess.Process, said: list[bytes]) -> bytes:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101 - the same
    process.stdin.writelines(said)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        raise BrokenPipeError
    return line


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it with all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
