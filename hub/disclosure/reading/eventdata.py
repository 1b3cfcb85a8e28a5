"""Shows the data of an event: the items that are known, each as what it is. Pure.

It is a list of what may leave, not of what may not: an item that a device family invents stays, unless it is
a truth value or a small number, in which no telephone or identity number can be.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.disclosure.bases import Reveal
from hub.disclosure.reading.veil import Veil

WHOSE: Final[Mapping[str, Reveal]] = MappingProxyType(
    {
        "plate": Reveal.PLATES,
        "before": Reveal.PLATES,
        "person": Reveal.PERSONS,
        "holder": Reveal.PERSONS,
        "vehicle": Reveal.PERSONS,
        "credential": Reveal.PERSONS,
        "card": Reveal.PERSONS,
        "card-ending": Reveal.PERSONS,
        "name": Reveal.NAMES,
        "room": Reveal.NAMES,
        "phone": Reveal.TELEPHONES,
        "telephone": Reveal.TELEPHONES,
        "identity": Reveal.IDENTITY,
    }
)
"""Items that say whose it was."""

SORTS: Final[Mapping[str, str]] = MappingProxyType(
    {"plate": "plate", "before": "plate", "person": "person", "holder": "person", "vehicle": "vehicle"}
)
"""Of those, the ones by which it is known afterwards whose data left."""

WORDS: Final = frozenset(
    {"category", "cause", "colour", "decision", "direction", "fault", "how", "means", "mode", "reason"}
    | {"refusal", "source", "state", "status", "trouble"}
)
"""Items that hold a word of the device's data sheet."""

APART: Final = frozenset({"media"})
"""Pictures and clips, which leave as files."""

MOST: Final = 1_000_000
_WORD: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class _Body(Struct, frozen=True):
    data: Any = None


_read: Final = msgspec.json.Decoder(_Body).decode
_encode: Final = msgspec.json.Encoder(order="sorted").encode


def data_of(payload: str) -> Any:
    """Return the data of an event, of its bytes."""
    return _read(payload).data


def is_of_subject(data: Any, veil: Veil) -> bool:
    """Whether an event names whom the scope names; who went before them is somebody else."""
    return isinstance(data, dict) and any(
        _theirs(what, data.get(name), veil) for name, what in WHOSE.items() if name != "before"
    )


def is_meant(data: Any, veil: Veil) -> bool:
    """Whether an event is of whom the scope asks for; without anybody, each is."""
    said = data if isinstance(data, dict) else {}
    whose = [(what, said.get(name)) for name, what in WHOSE.items() if name != "before"]
    plates = [value for what, value in whose if what is Reveal.PLATES and isinstance(value, str)]
    keys = [value for what, value in whose if what is Reveal.PERSONS and isinstance(value, str)]
    return veil.subject.is_meant(plates, keys)


def shown_data(data: Any, veil: Veil, *, theirs: bool) -> str | None:
    """Return the items of an event's data that may leave, as JSON; None if there are none."""
    if not isinstance(data, dict):
        return None
    shown = dict(_items(data, veil, theirs=theirs))
    return _encode(shown).decode() if shown else None


def _items(data: Mapping[str, Any], veil: Veil, *, theirs: bool) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if name in APART or value in (None, ""):
            continue
        what = WHOSE.get(name)
        if what is not None and isinstance(value, str):
            whose = _theirs(what, value, veil) if name == "before" else theirs
            yield name, _shown(name, value, what, veil, theirs=whose)
        elif _is_harmless(name, value):
            yield name, value
        else:
            veil.left_out("data")


def _shown(name: str, value: str, what: Reveal, veil: Veil, *, theirs: bool) -> str | None:
    sort = SORTS.get(name)
    if sort is None:
        return veil.text(what, value, theirs=theirs)
    return veil.whose(sort, value, what, theirs=theirs)


def _theirs(what: Reveal, value: Any, veil: Veil) -> bool:
    if not isinstance(value, str):
        return False
    return veil.subject.is_plate(value) if what is Reveal.PLATES else veil.subject.is_key(value)


def _is_harmless(name: str, value: Any) -> bool:
    if name in WHOSE:
        return False
    if isinstance(value, int | float):  # a truth value is one, too
        return abs(value) < MOST
    return name in WORDS and isinstance(value, str) and _WORD.fullmatch(value) is not None
