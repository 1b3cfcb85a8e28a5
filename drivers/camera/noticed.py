"""What others have noticed, the camera itself or an analyser: reported at once, with a clip that follows."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final

from contract.errors import DeviceError, HemeiError
from drivers.camera.alert import Region
from drivers.camera.analysis.process import Analysis
from drivers.camera.analysis.words import FALLING_OBJECT, Detection
from drivers.camera.happenings import FallingObject, VendorEvent
from drivers.camera.model import OBJECT_DETECTED, OBJECT_FALLING, REPORTED
from drivers.camera.options import CameraOptions
from drivers.camera.session import Session, jpeg
from drivers.camera.stream import Frame
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port

log = logging.getLogger(__name__)

Channel = Callable[..., AsyncGenerator[VendorEvent, None]]
"""`hikvision.events` or `onvif.events`."""

CLIP_S: Final = 5.0
"""Seconds before and after a falling object that its clip shows."""


class Noticed:
    """Reports what is noticed during one session."""

    def __init__(self, options: CameraOptions, session: Session, port: Port) -> None:
        self._options, self._session, self._port = options, session, port

    async def listen(self, channel: Channel, address: str) -> None:
        """Take the camera's own events for ever; its stream is read whether it sends them or not."""
        port = self._port

        def lost(why: DeviceError) -> None:
            log.warning("%s: the camera's events: %s", port.name, why)

        credentials = self._session.reader.source.credentials
        events = channel(address, credentials, port.clock, malformed=port.malformed, lost=lost)
        async with aclosing(events):
            async for event in events:
                await self._reported(event)

    async def analyse(self, analysis: Analysis) -> None:
        """Give the analyser frames, and take what it detects, until the stream ends."""
        await analysis.run(self._session.reader, self._detected, self._failed)

    async def _reported(self, event: VendorEvent) -> None:
        if isinstance(event, FallingObject):
            await self._object_falls("camera", event.pictures, event.time, event.regions)
        elif event.began and any(name in event.event for name in self._options.report):
            with contextlib.suppress(StorageError):  # counted and logged
                data = {"event": event.event}
                await self._port.emit(REPORTED, data, media=event.pictures, time=event.time)

    async def _detected(self, detection: Detection, frame: Frame) -> None:
        picture = await jpeg(frame)
        if detection.label == FALLING_OBJECT:
            await self._object_falls("analyser", [picture], frame.time)
            return
        data = {"label": detection.label, "score": detection.score}
        with contextlib.suppress(StorageError):  # counted and logged
            await self._port.emit(OBJECT_DETECTED, data, media=[picture], time=frame.time)

    def _failed(self, why: str) -> None:
        self._port.malformed(why)

    async def _object_falls(
        self, source: str, pictures: Sequence[bytes], time: datetime, regions: Sequence[Region] = ()
    ) -> None:
        self._session.beside(self._clip())
        media = list(pictures) or await self._session.newest()
        with contextlib.suppress(StorageError):  # counted and logged
            await self._port.emit(
                OBJECT_FALLING, {"source": source, **_place(regions)}, media=media, time=time
            )

    async def _clip(self) -> None:
        try:
            await self._session.clip(CLIP_S, CLIP_S, "object-falling")
        except HemeiError as wrong:
            log.warning("%s: there is no clip of the falling object: %s", self._port.name, wrong)


def _place(regions: Sequence[Region]) -> dict[str, float]:
    """Say where in the picture it was: the middle of the first rectangle, as shares of width and height."""
    for each in regions[:1]:
        middle = {"x": each.x + each.width / 2, "y": each.y + each.height / 2}
        return {name: round(min(1.0, value), 4) for name, value in middle.items()}
    return {}
