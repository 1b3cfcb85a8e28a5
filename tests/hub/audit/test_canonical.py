"""Canonical JSON: the quick way writes what RFC 8785 says, and the same value always the same bytes."""

from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.alarms.alarm import Entry, EntryKind
from hub.audit.canonical import LARGEST, canonical, digest_of

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-LARGEST, LARGEST) | st.floats(allow_nan=False, allow_infinity=False)
scalars: st.SearchStrategy[Any] = st.none() | st.booleans() | numbers | texts
values = st.recursive(scalars, lambda each: st.lists(each) | st.dictionaries(texts, each), max_leaves=12)


@settings(max_examples=60)
@given(values)
def test_it_is_what_rfc_8785_says(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@settings(max_examples=60)
@given(values)
def test_what_went_through_a_database_has_the_same_hash(value: Any) -> None:
    """A timeline's data is written as JSON and read again before it is verified."""
    assert canonical(msgspec.json.decode(msgspec.json.encode(value))) == canonical(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [1.0, 1e21, 0.1]}, b'{"a":[1,1e+21,0.1],"b":1}'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'.encode()),
        ({"n": 2**53, "m": -(2**60)}, b'{"m":"-1152921504606846976","n":"9007199254740992"}'),
        ([float("nan"), float("inf")], b"[null,null]"),
        ({1: "\ud800"}, b'{"1":"?"}'),
        (12.0, b"12"),
    ],
)
def test_what_json_does_not_say_is_said_here(value: Any, written: bytes) -> None:
    assert canonical(value) == written


def test_any_field_of_an_entry_changes_its_digest() -> None:
    entry = Entry(alarm="1", n=1, ts_ms=1, kind=EntryKind.RAISED, who="hub")
    other = {"alarm": "2", "n": 2, "ts_ms": 2, "kind": EntryKind.CLOSED, "who": "user:a"}
    other |= {"post": "gate", "note": "x", "data": {"a": 1}}
    changed = {digest_of(msgspec.structs.replace(entry, **{name: value})) for name, value in other.items()}
    assert len(changed | {digest_of(entry)}) == len(Entry.__struct_fields__) + 1
