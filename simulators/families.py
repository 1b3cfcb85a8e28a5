"""Which families of pretend hardware exist: every folder beside this file that holds a `family.py`.

A `family.py` has three names: `KIND` (the kind of thing it pretends to be), `Options` (a msgspec struct of
what the site file may say) and `create(device_id, options, clock)`, which returns a `PretendDevice`.
"""

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from simulators.clock import Clock
from simulators.errors import BadOptions, UnknownName
from simulators.ports import Ports

Truth = dict[str, bool | int | float | str | list[str] | None]
"""What a device is really doing, whatever its wire says."""


class PretendDevice(Protocol):
    """One piece of pretend hardware: physics, a wire, named faults and happenings."""

    @property
    def faults(self) -> Iterable[str]:
        """Names that `fault` takes; `none` is always one."""
        ...

    @property
    def happenings(self) -> Iterable[str]:
        """Names that `happen` takes."""
        ...

    async def serve(self, ports: Ports) -> str:
        """Open the wire and return its address with the port that was really opened."""
        ...

    async def close(self) -> None:
        """Close the wire, where it is the device's own."""
        ...

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass (at most a tenth)."""
        ...

    def fault(self, name: str) -> None:
        """Break the device in a way that `faults` names; `none` repairs everything."""
        ...

    def happen(self, name: str) -> None:
        """Let something happen that `happenings` names."""
        ...

    def inspect(self) -> Truth:
        """Tell the physical truth."""
        ...


def family_names() -> list[str]:
    """All families, by the names of their folders."""
    return sorted(found.parent.name for found in Path(__file__).parent.glob("*/family.py"))


def create(family: str, device_id: str, options: Mapping[str, object], clock: Clock) -> PretendDevice:
    """Build one device of `family`; UnknownName or BadOptions say what is wrong."""
    try:
        chosen = msgspec.convert(dict(options), options_of(family))
    except msgspec.ValidationError as error:
        allowed = ", ".join(field.encode_name for field in msgspec.structs.fields(options_of(family)))
        raise BadOptions(f"options of {device_id} ({family}): {error}; allowed: {allowed}") from error
    device: PretendDevice = _module(family).create(device_id, chosen, clock)
    return device


def options_of(family: str) -> type[msgspec.Struct]:
    """Return the struct of what the site file may say about devices of `family`."""
    options: type[msgspec.Struct] = _module(family).Options
    return options


def _module(family: str) -> Any:
    if family not in family_names():
        raise UnknownName("family", family, family_names())
    return importlib.import_module(f"simulators.{family}.family")


def kind_of(family: str) -> str:
    """Return the kind of thing that `family` pretends to be."""
    return str(_module(family).KIND)
