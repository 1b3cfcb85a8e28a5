"""What is published of a face terminal, in the words of its data sheet."""

from dataclasses import dataclass

from contract.messages import Scalar
from drivers.door.state import DoorState
from drivers.face.model import ListState
from drivers.face.people import People
from drivers.face.terminal import Record, Told, What


@dataclass(slots=True)
class Door:
    """The door of a terminal that tells of it."""

    forced: bool = False
    held: bool = False
    tamper: bool = False
    fire: bool = False
    """By the terminal's own contact."""

    def see(self, record: Record) -> None:
        """Take a record of just now."""
        match record.what:
            case What.FORCED:
                self.forced = True
            case What.HELD_OPEN:
                self.held = True
            case What.DOOR_CLOSED:
                self.forced = self.held = False
            case What.TAMPER | What.TAMPER_RESTORED:
                self.tamper = record.what is What.TAMPER
            case What.FIRE | What.FIRE_ENDED:
                self.fire = record.what is What.FIRE

    def state(self, told: Told) -> DoorState:
        """Say how it stands."""
        if told.contact_open:
            return DoorState.FORCED if self.forced else DoorState.HELD if self.held else DoorState.OPEN
        if told.contact_open is None or told.locked is None:
            return DoorState.UNKNOWN
        return DoorState.CLOSED if told.locked else DoorState.UNLOCKED


def about_people(people: People, told: Told, *, means: str, strangers: int) -> dict[str, Scalar]:
    """Return the properties that every terminal has."""
    return {
        "means": means,
        "list": str(ListState.GOOD if people.known else ListState.NONE),
        "people-held": people.holdings.confirmed,
        "people-pending": people.pending,
        "people-failed": people.failed,
        "people-others": people.holdings.others,
        "refusal": people.holdings.refusal,
        "faces-to-remove": people.faces_due,
        "strangers": strangers,
        "clock-offset": told.offset_s,
        "unknown-events": told.unknown,
    }


def about_door(door: Door, told: Told, *, fire: bool) -> dict[str, Scalar]:
    """Return the properties of a terminal that tells of its door; `fire`: by command."""
    return {
        "state": str(door.state(told)),
        "locked": told.locked,
        "contact-open": told.contact_open,
        "fire": fire or door.fire,
        "tamper": door.tamper,
    }
