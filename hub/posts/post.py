"""Where guards are on duty, as the site file says."""

from typing import Annotated

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Words

TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""HH:MM of the site's time zone."""


class Post(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[post]]`: a desk or a gatehouse. `areas` it looks after (none: all); `people` who may sign on there.

    `presence_every_min`: how often whoever is on duty must show between `night_from` and `night_to` that
    they are awake (0: never); they have `presence_within_min` to do so. `shelves_per_shift`: how many alarms
    may be shelved from there in a shift.
    """

    id: Key
    title: Words
    areas: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    presence_every_min: Annotated[float, Meta(ge=0, le=240)] = 0.0
    presence_within_min: Annotated[float, Meta(gt=0, le=60)] = 5.0
    night_from: TimeOfDay = "22:00"
    night_to: TimeOfDay = "06:00"
    shelves_per_shift: Annotated[int, Meta(ge=0, le=1000)] = 10
    longest_shelf_min: Annotated[float, Meta(gt=0, le=7 * 1440)] = 480.0
