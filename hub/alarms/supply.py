"""What several devices hang on, as the site file says: a power circuit, a network switch."""

from typing import Annotated

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Words


class Supply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[supply]]`: its failure takes `devices` (`kind/id`) and everything in `areas` with it.

    Once `least` of them, and at least the share `share`, are offline within `within_s`, that is one alarm.
    """

    id: Key
    title: Words
    devices: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    least: Annotated[int, Meta(ge=2)] = 3
    share: Annotated[float, Meta(gt=0, le=1)] = 0.6
    within_s: Annotated[float, Meta(gt=0, le=600)] = 30.0
