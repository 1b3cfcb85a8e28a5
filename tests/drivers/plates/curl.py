"""A camera played by `curl`: a real client of another author."""

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.drivers.plates.desk import SECRET
from tests.peers import require_program


class Answered(NamedTuple):
    """What curl was answered; status 0: nothing."""

    status: int
    body: bytes

    @property
    def said(self) -> Any:
        """The vendor's part of the answer."""
        return json.loads(self.body)["Response_AlarmInfoPlate"]


class Curl:
    """Pushes to a listener of this machine; `folder` takes what it sends and gets."""

    def __init__(self, folder: Path, port: int, secret: str = SECRET) -> None:
        self.url = f"http://127.0.0.1:{port}/{secret}"
        self._program = require_program("curl", "curl")
        self._folder = folder
        self._count = 0

    async def push(
        self,
        body: bytes = b"",
        *more: str,
        kind: str = "application/json",
        path: str = "/devicemanagement/php/plateresult.php",
    ) -> Answered:
        """Push, and wait for the answer. `more`: further words of the command line."""
        self._count += 1
        sent, got = self._folder / f"sent-{self._count}", self._folder / f"got-{self._count}"
        sent.write_bytes(body)
        got.write_bytes(b"")
        process = await asyncio.create_subprocess_exec(
            *(self._program, "-sS", "--noproxy", "*", "-o", str(got), "-w", "%{http_code}"),
            *("-H", f"Content-Type: {kind}", "--data-binary", f"@{sent}", *more, self.url + path),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        return Answered(int(out[-3:] or b"0"), got.read_bytes())
