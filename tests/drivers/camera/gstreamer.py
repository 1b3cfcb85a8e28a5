"""GStreamer's RTSP server as the peer that we did not write, in a process that tests kill and freeze."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.freezing import freeze
from tests.peers import PEERS, missing

PYTHON = "/usr/bin/python3"
PACKAGES = (
    "gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base"
    " gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly"
)
_NEEDED = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer;"
    "Gst.init(None); assert Gst.ElementFactory.find('x264enc') and Gst.ElementFactory.find('rtph264pay')"
    " and Gst.ElementFactory.find('videotestsrc')"
)


class Server:
    """A running server."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process, self.port = process, port

    def url(self, name: str) -> str:
        """Return the address of a stream."""
        return f"rtsp://127.0.0.1:{self.port}/{name}"

    async def serve(self, name: str, pattern: str, *, fps: int = 15, kbits: int = 800) -> str:
        """Serve a test pattern of 640 × 360 in H.264, a key picture a second; its address."""
        pipeline = (
            f"( videotestsrc is-live=true pattern={pattern} ! video/x-raw,width=640,height=360,"
            f"framerate={fps}/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={fps}"
            f" bitrate={kbits} ! rtph264pay name=pay0 pt=96 config-interval=1 )"
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{name} {pipeline}\n".encode())
        assert await self.process.stdout.readline() == b"ok\n"
        return self.url(name)

    def freeze(self) -> None:
        """Let it hang: its connections stand, and nothing comes."""
        freeze(self.process.pid)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """Kill it."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


def require_gstreamer() -> None:
    """Skip (fail where CI=true) unless GStreamer's RTSP server can run."""
    there = Path(PYTHON).exists() and subprocess.run(
        [PYTHON, "-c", _NEEDED], check=False, capture_output=True, timeout=30
    )
    if not there or there.returncode != 0:
        missing("GStreamer's RTSP server", f"apt-get install --no-install-recommends {PACKAGES}")


@asynccontextmanager
async def gstreamer(*account: str, port: int = 0) -> AsyncIterator[Server]:
    """Run a server; `account` is the user and the password that it asks for by Digest."""
    require_gstreamer()
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        PYTHON,
        str(PEERS / "gst_rtsp_server.py"),
        str(port),
        *account,
        stdin=pipe,
        stdout=pipe,
        env={**os.environ, "GST_REGISTRY_FORK": "no"},
    )
    assert process.stdout is not None
    server = Server(process, int(await process.stdout.readline()))
    try:
        yield server
    finally:
        await server.kill()
