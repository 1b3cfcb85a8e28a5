"""Finds the driver of a family by its name and checks a device's options against it.

A family is a folder `drivers/<family>/` with a module `driver`, or, for drivers that are installed beside
this product, an entry point of the group `hemei.drivers` that names the class.
"""

import importlib
import inspect
import pkgutil
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import Any, Final

import msgspec

import drivers
from contract.errors import ConfigurationError
from drivers.runtime.interface import Driver
from drivers.runtime.settings import DeviceSettings

ENTRY_POINTS: Final = "hemei.drivers"

DriverType = type[Driver[Any]]


def known_families() -> list[str]:
    """Return the names of all families that can be used."""
    folders = (module.name for module in pkgutil.iter_modules(drivers.__path__) if module.ispkg)
    ours = [name.replace("_", "-") for name in folders if find_spec(f"drivers.{name}.driver")]
    return sorted({*ours, *(point.name for point in entry_points(group=ENTRY_POINTS))})


def driver_type(family: str) -> DriverType:
    """Return the driver class of `family`; ConfigurationError lists those there are."""
    folder = family.replace("-", "_")
    if folder.isidentifier() and find_spec(f"drivers.{folder}") and find_spec(f"drivers.{folder}.driver"):
        return _only_driver(f"drivers.{folder}.driver")
    for point in entry_points(group=ENTRY_POINTS, name=family):
        return _loaded(point)
    raise ConfigurationError(
        f"there is no driver family {family!r}; there are: {', '.join(known_families())}"
    )


def make_driver(device: DeviceSettings) -> Driver[Any]:
    """Return the driver of `device` with its options checked; ConfigurationError says what is wrong."""
    who = f"device {device.kind}/{device.id}"
    try:
        family = driver_type(device.family)
    except ConfigurationError as wrong:
        raise ConfigurationError(f"{who}: family: {wrong}") from wrong
    if family.kind != device.kind:
        raise ConfigurationError(f"{who}: kind: family {device.family!r} drives kind {family.kind!r} only")
    try:
        options = msgspec.convert(device.options, family.options_type)
    except msgspec.ValidationError as wrong:
        allowed = _allowed(family.options_type)
        raise ConfigurationError(f"{who}: options: {wrong}; allowed: {allowed}") from wrong
    return family(options)


def _only_driver(module_name: str) -> DriverType:
    module = importlib.import_module(module_name)
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Driver) and member.__module__ == module_name and not inspect.isabstract(member)
    ]
    if len(found) != 1:
        raise ConfigurationError(f"{module_name} must hold exactly one driver class, has {len(found)}")
    return found[0]


def _loaded(point: EntryPoint) -> DriverType:
    loaded = point.load()
    if not (inspect.isclass(loaded) and issubclass(loaded, Driver)):
        raise ConfigurationError(f"entry point {point.name!r} of {ENTRY_POINTS} is not a Driver")
    return loaded


def _allowed(options: type[msgspec.Struct]) -> str:
    info = msgspec.inspect.type_info(options)
    if not isinstance(info, msgspec.inspect.StructType):
        return str(options)
    return "; ".join(_field(each) for each in info.fields) or "nothing"


def _field(field: msgspec.inspect.Field) -> str:
    default = "required" if field.required else f"default {field.default!r}"
    if field.default_factory is not msgspec.NODEFAULT:
        default = "optional"
    return f"{field.encode_name} ({_type_name(field.type)}, {default})"


def _type_name(kind: Any) -> str:
    """Write a type as a person would: its choices, or its limits."""
    if isinstance(kind, msgspec.inspect.LiteralType):
        return " | ".join(map(repr, kind.values))
    if isinstance(kind, msgspec.inspect.EnumType):
        return " | ".join(repr(member.value) for member in kind.cls)
    if isinstance(kind, msgspec.inspect.UnionType):
        return " | ".join(map(_type_name, kind.types))
    name = type(kind).__name__.removesuffix("Type").lower()
    limits = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}
    bounds = [
        f"{sign} {getattr(kind, bound)}"
        for sign, bound in limits.items()
        if getattr(kind, bound, None) is not None
    ]
    return " ".join([name, *bounds])
