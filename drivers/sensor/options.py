"""What the site file may say about a sensor."""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from drivers.modbus.wire import Wire, parse_wire
from drivers.sensor.profile import Contact, Delay, Profile, load_profile
from drivers.sensor.words import Flag, SensorClass


class Sensor(NamedTuple):
    """The options taken apart: where it is, what its board has, and what is read there for this device."""

    wire: Wire
    board: Profile
    own: Profile
    class_: SensorClass


class SensorOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the sensor is and which map it has.

    `class`: what hangs on a contact whose map does not say so. `normally_closed`: the contact of alarm or
    presence is closed at rest, so that a cut cable is noticed. `on_delay_s` and `off_delay_s` replace those
    of the map. `low_battery`: % at which a measured battery counts as low.
    """

    wire: str
    profile: str
    class_: SensorClass | None = field(default=None, name="class")
    normally_closed: bool = False
    poll_s: Annotated[float, Meta(ge=0.02, le=10)] = 0.5
    on_delay_s: Delay | None = None
    off_delay_s: Delay | None = None
    low_battery: Annotated[float, Meta(ge=0, le=90)] = 20.0
    telemetry_s: Annotated[float, Meta(ge=1)] = 60.0

    def __post_init__(self) -> None:
        self.taken_apart()

    def taken_apart(self) -> Sensor:
        """Return what the options mean; ValueError if they do not fit together."""
        wire, board = parse_wire(self.wire), load_profile(self.profile)
        sensor_class = board.class_ or self.class_
        if sensor_class is None:
            raise ValueError(f"class: profile {self.profile} leaves open what the sensor is; say it")
        if self.class_ not in (None, sensor_class):
            raise ValueError(f"class: profile {self.profile} is of class {sensor_class}")
        return Sensor(wire, board, self._own(board, wire.channel, sensor_class), sensor_class)

    def _own(self, board: Profile, channel: int | None, sensor_class: SensorClass) -> Profile:
        if (channel is None) != (board.channels is None):
            what = "has no channels" if channel else f"needs &channel=1 to {board.channels}"
            raise ValueError(f"wire {self.wire!r}: profile {self.profile} {what}")
        if channel and board.channels and channel > board.channels:
            raise ValueError(f"wire {self.wire!r}: channel must be 1 to {board.channels}")
        own = board.at(channel or 1)
        return replace(
            own,
            contacts=dict(self._contacts(own, sensor_class)),
            on_delay_s=own.on_delay_s if self.on_delay_s is None else self.on_delay_s,
            off_delay_s=own.off_delay_s if self.off_delay_s is None else self.off_delay_s,
        )

    def _contacts(self, own: Profile, sensor_class: SensorClass) -> Iterator[tuple[Flag, Contact]]:
        """Yield what is closed here; a board's map calls its contacts `alarm`, whatever hangs on them."""
        presence = sensor_class is SensorClass.PRESENCE and Flag.PRESENCE not in own.contacts
        for flag, contact in own.contacts.items():
            turned = self.normally_closed and flag in (Flag.ALARM, Flag.PRESENCE)
            yield (
                Flag.PRESENCE if presence and flag is Flag.ALARM else flag,
                replace(contact, inverted=not contact.inverted) if turned else contact,
            )
