"""Read a table into a struct and say everything that is wrong with it: key, reason, what is allowed.

msgspec itself stops at the first fault and does not tell what it would have taken.
"""

import difflib
import re
import tomllib
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from contract.errors import ConfigurationError

S = TypeVar("S", bound=msgspec.Struct)


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file; ConfigurationError names the file and, for a slip of the pen, line and column."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise ConfigurationError(f"{file}: there is no such file") from missing
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ConfigurationError(f"{file}: cannot be read: {unreadable}") from unreadable
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigurationError(f"{file}: not TOML: {wrong}") from wrong


def convert(table: Mapping[str, Any], struct: type[S], *, where: str) -> S:
    """Read `table` as `struct`; ConfigurationError lists every fault, a line each, opened by `where`."""
    wrong = [f"{where}: {fault}" for fault in faults(table, struct)]
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    try:
        return msgspec.convert(table, struct)
    except msgspec.ValidationError as fault:
        raise ConfigurationError(f"{where}: {_placed(fault, table)}") from fault


def faults(table: object, struct: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    """Yield what is wrong with `table`, each as `[path] key: reason; allowed: …`."""
    place = f"[{path}] " if path else ""
    if not isinstance(table, Mapping):
        yield f"{place or 'file'}must be a table, not {_kind(table)}"
        return
    hints, fields = _shape(struct)
    for key in table.keys() - fields.keys():
        yield f"{place}{key}: unknown key; {_guess(key, fields)}allowed: {', '.join(sorted(fields))}"
    for key, field in fields.items():
        inner = f"{path}.{key}" if path else key
        if key in table:
            yield from _value_faults(table[key], hints[field.name], key=key, place=place, path=inner)
        elif field.required:
            yield f"{place}{key}: missing; expected {_expected(hints[field.name])}"


def _placed(fault: msgspec.ValidationError, table: Mapping[str, Any]) -> str:
    """Write what a struct finds out by itself, `REASON - at `$.post[0]``, as `[post centre] REASON`."""
    reason, _, path = str(fault).partition(" - at `$")
    names: list[str] = []
    found: Any = table
    for key, number in re.findall(r"\.([^.\[\]`]+)|\[([0-9]+)\]", path.partition("[...]")[0]):
        found = found[key] if key else found[int(number)]
        if key:
            names.append(key)
        else:
            names[-1] += f" {_label(found) or int(number) + 1}"
    return f"[{'.'.join(names)}] {reason}" if names else reason


@cache
def _shape(struct: type[msgspec.Struct]) -> tuple[dict[str, Any], dict[str, msgspec.structs.FieldInfo]]:
    """Return a struct's hints by field, and its fields by key."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    return get_type_hints(struct, include_extras=True), fields


def _value_faults(value: object, hint: Any, *, key: str, place: str, path: str) -> Iterator[str]:
    struct, many = _structs(hint)
    if struct is not None and many:
        if not isinstance(value, list):
            yield f"{place}{key}: must be written as [[{key}]] tables"
            return
        for number, item in enumerate(value, 1):
            yield from faults(item, struct, f"{path} {_label(item) or number}")
    elif struct is not None and not (value is None and type(None) in get_args(hint)):
        yield from faults(value, struct, path)
    else:
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError as wrong:
            yield f"{place}{key} = {value!r}: {_reason(wrong)}; allowed: {_expected(hint)}"


def _structs(hint: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """Find the struct that `hint` asks for, and whether it asks for many of it."""
    if get_origin(hint) is Annotated:
        return _structs(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint, False
    if get_origin(hint) in (list, tuple):
        struct, _ = _structs(get_args(hint)[0])
        return struct, True
    if get_origin(hint) in (Union, types.UnionType):
        found = [_structs(each)[0] for each in get_args(hint)]
        return next((struct for struct in found if struct is not None), None), False
    return None, False


def _label(item: object) -> str:
    """Name a table of an array by what people know it by."""
    if not isinstance(item, Mapping):
        return ""
    if "id" not in item:
        return str(item.get("key", ""))
    return "/".join(str(item[key]) for key in ("kind", "id") if key in item)


def _guess(key: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]}? " if close else ""


def _reason(wrong: msgspec.ValidationError) -> str:
    return str(wrong).split(" - at ")[0].replace("`", "")


def _kind(value: object) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), type(value).__name__)


def _limits(meta: object) -> str:
    """Write a msgspec.Meta's bounds as people do."""
    if not isinstance(meta, msgspec.Meta):
        return ""
    words = [
        f"{word} {bound}"
        for word, bound in (
            ("from", meta.ge),
            ("above", meta.gt),
            ("to", meta.le),
            ("below", meta.lt),
            ("of at least", meta.min_length),
            ("of at most", meta.max_length),
            ("like", meta.pattern),
        )
        if bound is not None
    ]
    return " ".join(words)


_PLAIN = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "nothing",
    dict: 'a table such as {zh-CN = "…", en = "…"}',
    list: "an array",
    tuple: "an array",
}


def _choices(hint: Any) -> tuple[Any, ...]:
    """Return the values that a hint lists, if it lists them."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(member.value for member in hint)
    return get_args(hint) if get_origin(hint) is Literal else ()


def _expected(hint: Any) -> str:
    """Say in words what a key may hold."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return " ".join([_expected(arguments[0]), *map(_limits, arguments[1:])])
    if choices := _choices(hint):
        return ", ".join(f'"{value}"' for value in choices)
    if origin in (Union, types.UnionType):
        return " or ".join(_expected(each) for each in arguments if each is not type(None))
    if origin in (list, tuple):
        return f"an array of {_expected(arguments[0])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return "a table with " + ", ".join(field.encode_name for field in msgspec.structs.fields(hint))
    return _PLAIN.get(origin or hint, getattr(hint, "__name__", str(hint)))
