"""Makes objects of passes and devices: facts that profiles write down. Blocking where pictures are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from contract.errors import InvalidMessage
from contract.passes import DOOR_KIND
from hub.passes.record import Pass
from hub.viid import ids
from hub.viid.ids import Subtype, local14
from hub.viid.picture import Shown, fit
from hub.viid.profile import Document, Facts, Of, Profile, Shape, written
from hub.viid.settings import FeedDevice, Kind, ViidSettings

SUBTYPES: Final[Mapping[Kind, Subtype]] = {
    Kind.MOTOR_VEHICLES: Subtype.MOTOR_VEHICLE,
    Kind.FACES: Subtype.FACE,
    Kind.PERSONS: Subtype.PERSON,
}

MediaPath = Callable[[str], Path | None]


class Item(Struct, frozen=True, kw_only=True):
    """One object, ready to be sent. `plate`: what must not be in a reason that is kept.

    `notification`: the id of the notification it goes in; empty: it goes by itself.
    """

    seq: int
    id: str
    at_ms: int
    document: Document
    pictures: int = 0
    size: int = 0
    plate: str = ""
    notification: str = ""

    @property
    def status_id(self) -> str:
        """The id under which the library says what became of it."""
        return self.notification or self.id


class Maker:
    """Makes objects of one site, by its profile. `unreadable`: pictures that could not be sent."""

    def __init__(self, settings: ViidSettings, profile: Profile, media: MediaPath) -> None:
        self.profile = profile
        self.devices = {each.device: each for each in settings.device}
        self.unreadable = 0
        self._settings = settings
        self._media = media

    def shape(self, kind: Kind) -> Shape:
        """Return how objects of a kind are written; ValueError if the profile has none."""
        return self.shape_of(Of(kind.value))

    def shape_of(self, what: Of) -> Shape:
        """Return how objects of one sort are written; ValueError if the profile has none."""
        found = self.profile.of(what)
        if not found:
            raise ValueError(f"profile {self.profile.key} has no {what.value}")
        return found[0]

    def item(self, kind: Kind, told: Pass) -> Item:
        """Make the object of a pass whose device is known."""
        device = self.devices[f"{told.kind}/{told.device}"]
        ident = ids.object_id(device.id, told.at_ms, SUBTYPES[kind], told.seq)
        shown = list(self._shown(told, self._settings.allowed(kind).pictures))
        facts = self._of_site(device) | _of_pass(told, device, ident, shown)
        pictures = [_of_picture(told, device, number, each) for number, each in enumerate(shown)]
        return Item(
            seq=told.seq,
            id=ident,
            at_ms=told.at_ms,
            document=written(self.shape(kind), facts, pictures),
            pictures=len(shown),
            size=sum(len(each.content) for each in shown),
            plate=told.plate or "",
        )

    def of_devices(
        self, titles: Mapping[str, str], standing: Mapping[str, str]
    ) -> Iterable[tuple[Shape, list[Document]]]:
        """Make the objects of all devices: what they are called, and whether they are heard."""
        facts = [self._of_device(each, titles, standing) for each in self.devices.values()]
        for shape in (*self.profile.of(Of.DEVICE), *self.profile.of(Of.DOOR)):
            told = [each for each in facts if shape.of is Of.DEVICE or each["kind"] == DOOR_KIND]
            if told:
                yield shape, [written(shape, each) for each in told]

    def apes(self, titles: Mapping[str, str], standing: Mapping[str, str]) -> Iterator[Document]:
        """Make the list of all devices."""
        facts = (self._of_device(each, titles, standing) for each in self.devices.values())
        return (written(self.shape_of(Of.DEVICE), each) for each in facts)

    def states(self, standing: Mapping[str, str], now_ms: int) -> Iterator[tuple[str, Document]]:
        """Say of each device, by its name, whether it is heard at a moment."""
        for name, each in self.devices.items():
            facts = self._of_device(each, {}, standing) | {"time": local14(now_ms)}
            yield name, written(self.shape_of(Of.DEVICE_STATE), facts)

    def _shown(self, told: Pass, most: int) -> Iterator[Shown]:
        for sha256 in told.pictures[:most]:
            path = self._media(sha256)
            try:
                if path is None:
                    raise FileNotFoundError(sha256)
                yield fit(path.read_bytes(), self._settings.picture_kb * 1000)
            except (OSError, InvalidMessage):
                self.unreadable += 1

    def _of_site(self, device: FeedDevice) -> dict[str, Any]:
        return {
            **self._settings.more,
            **device.more,
            "owner": self._settings.id,
            "device": device.id,
            "tollgate": device.tollgate or device.id,
            "lane": device.lane,
            "longitude": device.longitude,
            "latitude": device.latitude,
            "place": device.place,
            "place_code": device.place_code or device.id[:6],
            "monitor_direction": device.monitor_direction,
        }

    def _of_device(
        self, device: FeedDevice, titles: Mapping[str, str], standing: Mapping[str, str]
    ) -> dict[str, Any]:
        return self._of_site(device) | {
            "id": device.id,
            "kind": device.device.partition("/")[0],
            "name": titles.get(device.device) or device.device,
            "online": standing.get(device.device, "unknown"),
        }


def _of_pass(told: Pass, device: FeedDevice, ident: str, shown: list[Shown]) -> dict[str, Any]:
    first = shown[0] if shown else None
    return {
        "id": ident,
        "source": ids.picture_id(device.id, told.at_ms, told.seq, 0),
        "time": ids.local14(told.at_ms),
        "appeared": ids.local14(told.at_ms - round(told.dwell_s * 1000)),
        "has_plate": "1" if told.plate else "0",
        "plate": told.plate,
        "colour": told.colour.value,
        "way": told.direction.value,
        "width": first.width if first else None,
        "height": first.height if first else None,
    }


def _of_picture(told: Pass, device: FeedDevice, number: int, shown: Shown) -> Facts:
    return {
        "picture": ids.picture_id(device.id, told.at_ms, told.seq, number),
        "width": shown.width,
        "height": shown.height,
        "data": shown.data,
    }
