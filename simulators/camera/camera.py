"""One pretend camera: its film, its event channels, what can go wrong and what can happen."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from simulators.camera.alerts import Alerts
from simulators.camera.digest import Account
from simulators.camera.look import ACT_S, ACTS, FLAWS, Look
from simulators.camera.onvif import OnvifDevice
from simulators.camera.onvif_answers import MOTION, SCENE_CHANGE, TOO_DARK
from simulators.camera.options import Options
from simulators.camera.picture import FALL_FROM_S, FALL_S, jpeg
from simulators.camera.server import RtspServers, RtspWire
from simulators.camera.stream import Manner, Stream
from simulators.camera.web import CameraWeb
from simulators.clock import Clock
from simulators.errors import UnknownName
from simulators.families import Truth
from simulators.ports import Ports
from simulators.wire import TcpWire


class Camera:
    """One camera. The film keeps the time of its viewers, the event channels that of the simulator."""

    def __init__(self, device_id: str, options: Options, clock: Clock) -> None:
        self._wire = RtspWire.parse(options.wire)
        self._fault = "none"
        account = Account.read(Path(options.credentials_file)) if options.credentials_file else None
        look = Look(
            scene=options.scene,
            light=options.light,
            width=options.width,
            height=options.height,
            fps=options.fps,
        )
        seed = zlib.crc32(device_id.encode()) if options.seed is None else options.seed
        self.stream = Stream(look, clock=clock, seed=seed, account=account, scheme=options.authentication)
        self.alerts = Alerts(clock, options.alerts)
        self.onvif = OnvifDevice(
            clock=clock,
            account=account,
            look=lambda: self.stream.look,
            refusing=lambda: self.stream.manner.refusing,
        )
        self.web: CameraWeb | None = None
        if options.http is not None:
            endpoint = TcpWire.parse(options.http, "http")
            self.web = CameraWeb(endpoint, self.stream, self.alerts, self.onvif)
        self._due: list[tuple[float, Callable[[], None]]] = []

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return ("none", *_MANNERS, *FLAWS)

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen in front of the camera."""
        return (*ACTS, *_LIGHTS)

    async def serve(self, ports: Ports) -> str:
        """Put the stream on its RTSP port, which cameras share, and open the camera's own HTTP port."""
        wire = await ports.of(RtspServers).put(self.stream, self._wire)
        self.onvif.stream_uri = str(wire)
        if self.web is not None:
            await self.web.open()
        return str(wire)

    async def close(self) -> None:
        """Close what is the camera's own."""
        if self.web is not None:
            await self.web.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass for the event channels."""
        due, self._due = self._due, []
        for left_s, what in due:
            if left_s <= dt_s:
                what()
            else:
                self._due.append((left_s - dt_s, what))
        self.alerts.step(dt_s)

    def fault(self, name: str) -> None:
        """Break one thing; `none` repairs everything."""
        if name not in self.faults:
            raise UnknownName("fault", name, self.faults)
        before, self._fault = self._fault, name
        self.stream.look = replace(self.stream.look, flaw=name if name in FLAWS else None)
        self.stream.manner = _MANNERS.get(name, Manner)()
        if not self.stream.manner.powered or self.stream.manner.refusing:
            self.stream.drop_all()
            if self.web is not None:
                self.web.drop_all()
        self._tell_tampering(before)

    def happen(self, name: str) -> None:
        """Let something pass, or the light change."""
        if name in _LIGHTS:
            self.stream.look = _LIGHTS[name](self.stream.look)
        elif name in ACTS:
            self.stream.act(name)
            self._tell_act(name)
        else:
            raise UnknownName("happening", name, self.happenings)

    def inspect(self) -> Truth:
        """Tell what the camera sees, and to whom it has shown and told it."""
        stream = self.stream
        return {
            "fault": self._fault,
            "powered": stream.manner.powered,
            "scene": stream.look.scene,
            "light": stream.look.light,
            "lamps": stream.look.lamps,
            "connections": stream.connections,
            "viewers": len(stream.viewers),
            "pictures": stream.pictures,
            "packets": stream.packets,
            "http": str(self.web.wire) if self.web else None,
            "events": self.alerts.started,
            "events_sent": self.alerts.sent,
            "notices_sent": self.onvif.notices,
        }

    def _tell_act(self, name: str) -> None:
        if name == "object-falls":  # seen when it has fallen; ONVIF has no topic for it
            picture = jpeg(replace(self.stream.look, act=name), FALL_FROM_S + FALL_S / 2)
            self._later(FALL_FROM_S + FALL_S, lambda: self.alerts.start("objectsThrownDetection", picture))
        else:
            self.alerts.start("VMD")
            self.onvif.notify(MOTION, "IsMotion", True)
            self._later(ACT_S, lambda: self.onvif.notify(MOTION, "IsMotion", False))

    def _tell_tampering(self, before: str) -> None:
        if self._fault == "cover":
            self.alerts.start("shelteralarm")
        for topic, flaws in ((SCENE_CHANGE, ("cover", "defocus", "move")), (TOO_DARK, ("black",))):
            was, is_so = before in flaws, self._fault in flaws
            if was is not is_so:
                self.onvif.notify(topic, "State", is_so)

    def _later(self, after_s: float, what: Callable[[], None]) -> None:
        if self.stream.manner.powered:
            self._due.append((after_s, what))


_MANNERS: dict[str, Callable[[], Manner]] = {
    "power-loss": lambda: Manner(powered=False),
    "stall": lambda: Manner(stalled=True),
    "slow": lambda: Manner(slow=True),
    "garbage": lambda: Manner(garbage=True),
    "wrong-password": lambda: Manner(refusing=True),
}

_LIGHTS: dict[str, Callable[[Look], Look]] = {
    "day": lambda look: replace(look, light="day"),
    "evening": lambda look: replace(look, light="evening"),
    "night": lambda look: replace(look, light="night"),
    "lights-on": lambda look: replace(look, lamps=True),
    "lights-off": lambda look: replace(look, lamps=False),
}
