"""What the tests of pretend plate cameras need: cameras at gates, and somebody to whom they push."""

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from simulators.host import Host, SimulatedDevice
from tests.waiting import eventually

RESIDENT, OTHER, VISITOR, BLOCKED = "浙B12345", "浙BD12345", "沪A6Z888", "粤A00001"
SECRET = "a-secret-of-the-east-gate"
SERIAL = "265e1040-85e01fb7"
STEP_S = 0.2


def plates_file(folder: Path) -> str:
    """Say who comes: one resident who is outside, one who is at home, a visitor and a blocked car."""
    file = folder / "plates.json"
    plates = {"residents": [OTHER, RESIDENT], "visitors": [VISITOR], "blocked": [BLOCKED]}
    file.write_text(json.dumps(plates), encoding="utf-8")
    return str(file)


def secret_file(folder: Path) -> str:
    """Write the camera's secret where the site has it."""
    file = folder / "east.secret"
    file.write_text(f"{SECRET}\n")
    return str(file)


def camera_options(folder: Path, **more: Any) -> dict[str, Any]:
    """Write what is the pretend camera's alone."""
    return {"plates_file": plates_file(folder), "patience_s": 10.0, **more}


def camera_gate(device_id: str = "garage", **options: Any) -> SimulatedDevice:
    """Describe a gate that its camera opens."""
    return SimulatedDevice(kind="gate", id=device_id, family="lpr", options=options)


@dataclass
class Receiver:
    """Somebody to whom cameras push: an HTTP server of aiohttp's that keeps what came."""

    port: int = 0
    pushes: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[tuple[str, bytes, str]] = field(default_factory=list)
    polls: int = 0
    answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda _push: {}
    to_polls: dict[str, Any] = field(default_factory=lambda: {"status": "ok"})
    status: int = 200

    @property
    def results(self) -> list[dict[str, Any]]:
        """What the cameras read, in the order in which it came."""
        plates = [each["AlarmInfoPlate"] for each in self.pushes if "AlarmInfoPlate" in each]
        return [each["result"]["PlateResult"] for each in plates]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append((request.path, body, request.content_type))
        if request.path.endswith("receivedeviceinfo.php"):
            self.polls += 1
            return web.json_response(self.to_polls, status=self.status)
        if request.content_type == "multipart/form-data":
            return web.Response(status=self.status)
        push = json.loads(body)
        self.pushes.append(push)
        return web.json_response(self.answer(push), status=self.status)


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """Listen for cameras."""
    receiver = Receiver()
    application = web.Application(client_max_size=8 << 20)
    application.router.add_post("/{path:.*}", receiver.take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def until(host: Host, condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Let the physics go on until `condition` holds."""

    def look() -> object:
        host.step(STEP_S)
        return condition()

    await eventually(look, within_s)


def plate_options(wire: str, **more: Any) -> dict[str, Any]:
    """Write `[device.options.plates]`."""
    return {"wire": wire, "serial": SERIAL, "direction": "in", **more}


def parts(body: bytes, names: Iterable[bytes]) -> list[bool]:
    """Say which names a multipart body has."""
    return [b'name="' + name + b'"' in body for name in names]
