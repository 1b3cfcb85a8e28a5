"""Drives one camera: reads its stream, watches over its picture, takes snapshots and clips, shows it."""

import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from contract.errors import DeviceError, DeviceUnreachable
from contract.first_to_end import first_to_end
from contract.messages import Scalar
from drivers.camera import hikvision, onvif
from drivers.camera.analysis.process import Analysis
from drivers.camera.memory import Memory
from drivers.camera.model import CAMERA, LONGEST_LEARNING_S, SNAPSHOT_TAKEN
from drivers.camera.noticed import Noticed
from drivers.camera.options import CameraOptions
from drivers.camera.preview import Preview
from drivers.camera.reader import Reader, reading
from drivers.camera.ring import Ring
from drivers.camera.session import Session, in_time, jpeg
from drivers.camera.stream import CODECS, Garbled, Source
from drivers.camera.watch import Watch
from drivers.runtime.credentials import Credentials, CredentialsRefused
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Driver, Happening, Port
from drivers.runtime.waiting import changed, pause

REFUSED_S: Final = 900.0
"""How long a refused account is not tried again, unless its file changes: cameras lock an account after a few
refusals, often for half an hour."""

HOLD_LOOK_S: Final = 2.0
LOOK_S: Final = 0.5


class CameraDriver(Driver[CameraOptions]):
    """A camera that streams over RTSP."""

    kind: ClassVar[str] = "camera"
    model = CAMERA
    options_type: ClassVar[type[CameraOptions]] = CameraOptions

    def __init__(self, options: CameraOptions) -> None:
        super().__init__(options)
        self._watch = Watch(learn_s=options.learn_s, frozen_s=options.frozen_s, stalled_s=options.stalled_s)
        self._memory = Memory(self._watch)
        self._preview = Preview(options.preview_fps)
        self._analysis: Analysis | None = None
        self._session: Session | None = None
        self._refused: tuple[float, int] | None = None
        self._skipped = 0

    async def run(self, port: Port) -> None:
        """Read the stream until it ends; DeviceError says why it did."""
        self._memory.recall(port)
        await self._wait_out_refusal(port)
        picture: list[bytes] = []
        try:
            reader, ring = await self._connection(port)
            async with reading(reader):
                self._session = Session(reader, ring, port)
                try:
                    await first_to_end(*self._works(port, self._session))
                finally:
                    await self._session.close()
                    picture = await self._session.newest()
        except DeviceError as lost:
            self._session = None
            self._note(lost, port)
            await self._report(self._watch.lost(), picture, port)
            port.update(self._properties(port))
            raise
        finally:
            self._session = None

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it; return when a picture that came after the asking shows it."""
        session = self._live()
        if action == "snapshot":
            await port.emit(SNAPSHOT_TAKEN, media=[await jpeg(await session.fresh())])
        elif action == "clip":
            await session.fresh()
            await session.clip(input["before_s"], input["after_s"], "manual")
        elif action == "preview":
            self._preview.prolong(input["seconds"], port.clock)
            await in_time(port, self._preview.shown.wait())
        else:
            await self._learn_view(port)

    def _works(self, port: Port, session: Session) -> list[Coroutine[Any, Any, None]]:
        """Everything that goes on as long as the stream lasts."""
        options, noticed = self.options, Noticed(self.options, session, port)
        works = [self._look_on(port, session), self._preview.run(port, session.reader)]
        if options.hikvision is not None:
            works.append(noticed.listen(hikvision.events, options.hikvision))
        if options.onvif is not None and options.onvif_events:
            works.append(noticed.listen(onvif.events, options.onvif))
        if options.analyser is not None:
            self._analysis = self._analysis or Analysis(
                options.analyser, port.clock, fps=options.analyser_fps
            )
            works.append(noticed.analyse(self._analysis))
        return works

    async def _connection(self, port: Port) -> tuple[Reader, Ring]:
        options = self.options
        credentials = _readable(options)
        url = options.wire
        if url is None and options.onvif is not None:
            url = await onvif.stream_uri(options.onvif, credentials, port.clock, profile=options.profile)
        source = Source(
            url=url or "",
            credentials=credentials,
            transport=options.transport,
            timeout_s=options.timeout_s,
        )
        ring = Ring(options.pre_event_s, options.ring_mib * 1024 * 1024)
        keyframes = options.decode == "keyframes"
        reader = Reader(source, port.clock, ring, health_fps=options.health_fps, keyframes=keyframes)
        reader.on_malformed = port.malformed
        return reader, ring

    async def _look_on(self, port: Port, session: Session) -> None:
        """Watch over the picture until the stream ends."""
        reader = session.reader
        self._watch.connected()
        while not reader.ended.done():
            await changed(port.clock, reader.news, LOOK_S)
            reader.news.clear()
            reports = []
            if (look := reader.take_look()) is not None:
                reports += self._watch.look(look)
            if reader.format is not None:
                now = port.clock.monotonic()
                reports += self._watch.quiet(now - reader.packet_at, now - reader.frame_at)
            if reports:
                await self._report(reports, await session.newest(), port)
            await self._memory.keep_views(port)
            if (rates := session.count(self.options.telemetry_s)) is not None:
                port.measure({"frame-rate": rates.frames, "bit-rate": rates.kbits})
                self._skipped = self._analysis.skipped if self._analysis else 0
            port.update(self._properties(port))
            if reader.frame is not None:
                port.ready()
        reader.ended.result()
        raise DeviceUnreachable("the camera ended the stream")

    async def _report(self, reports: Sequence[Happening], media: Sequence[bytes], port: Port) -> None:
        with contextlib.suppress(StorageError):  # counted and logged; the watching must go on
            for report in reports:
                await port.emit(report.type, report.data, media=media)
        if reports:
            await self._memory.keep_told(port)

    async def _learn_view(self, port: Port) -> None:
        self._watch.forget_view()
        self._memory.forget_views()
        until = port.clock.monotonic() + LONGEST_LEARNING_S - 5
        while not any(self._watch.views.values()):
            if port.clock.monotonic() > until:
                raise DeviceError("the picture is not good enough to be learnt", code="no-picture")
            await pause(port.clock, LOOK_S)
        await self._memory.keep_views(port)

    async def _wait_out_refusal(self, port: Port) -> None:
        while self._refused is not None:
            until, changed_at = self._refused
            if port.clock.monotonic() >= until or changed_at != self._credentials_changed_at():
                self._refused = None
                return
            port.update(self._properties(port))
            await pause(port.clock, HOLD_LOOK_S)

    def _note(self, lost: DeviceError, port: Port) -> None:
        if lost.code == CredentialsRefused.default_code:
            self._refused = (port.clock.monotonic() + REFUSED_S, self._credentials_changed_at())
        if isinstance(lost, Garbled):
            port.malformed(str(lost))

    def _credentials_changed_at(self) -> int:
        file = self.options.credentials_file
        try:
            return Path(file).stat().st_mtime_ns if file else 0
        except OSError:
            return -1

    def _live(self) -> Session:
        if self._session is None or self._session.reader.frame is None:
            raise DeviceUnreachable("the camera does not answer")
        return self._session

    def _properties(self, port: Port) -> dict[str, Scalar]:
        session, analysis = self._session, self._analysis
        form = session.reader.format if session else None
        rates = session.rates if session else None
        running = "running" if analysis and analysis.running else "failed"
        return {
            "picture": str(self._watch.picture) if self._watch.picture else None,
            "codec": CODECS.get(form.codec, form.codec) if form else None,
            "width": form.width if form else None,
            "height": form.height if form else None,
            "frame-rate": rates.frames if rates else None,
            "bit-rate": rates.kbits if rates else None,
            "previewing": self._preview.active(port.clock),
            "analyser": running if self.options.analyser else "off",
            "frames-skipped": self._skipped,
        }


def _readable(options: CameraOptions) -> Credentials | None:
    try:
        return options.credentials()
    except ValueError as wrong:  # the file was whole at the start
        raise DeviceError(str(wrong), code="configuration") from wrong
