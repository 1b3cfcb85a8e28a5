"""Strategies for whatever the contract allows on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from contract.codec import EARLIEST, LATEST, AnyMessage
from contract.lists import (
    Category,
    Day,
    Face,
    Held,
    Holding,
    Level,
    ListName,
    Period,
    Person,
    Portion,
    Staged,
    Vehicle,
)
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    AvailabilityStatus,
    Committed,
    Event,
    Problem,
    Result,
    State,
    Telemetry,
)
from contract.topics import Address, Channel

MILLISECOND = timedelta(milliseconds=1)

# No surrogates: JSON in UTF-8 cannot hold them. No NUL: the contract refuses it.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
ids = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)
sha256s = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
counters = st.integers(0, 2**63 - 1)
wholes = st.integers(-(2**63), 2**63 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
boots = wholes | words
moments = st.integers(0, (LATEST - EARLIEST) // MILLISECOND - 1).map(
    lambda milliseconds: datetime(1970, 1, 1, tzinfo=UTC) + milliseconds * MILLISECOND
)
scalars = st.none() | st.booleans() | wholes | floats | texts
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(texts, json_values, max_size=4)
addresses = st.builds(Address, ids, ids, ids)
channels = st.sampled_from(Channel)

availabilities = st.builds(
    Availability, status=st.sampled_from(AvailabilityStatus), ts=moments, reason=st.none() | texts
)
states = st.builds(
    State, ts=moments, boot=boots, seq=counters, properties=st.dictionaries(texts, scalars, max_size=5)
)
telemetries = st.builds(
    Telemetry,
    ts=moments,
    boot=boots,
    seq=counters,
    values=st.dictionaries(texts, st.booleans() | wholes | floats, max_size=5),
)
events = st.builds(
    Event,
    specversion=st.just("1.0"),
    id=words,
    source=words,
    type=words,
    time=moments,
    datacontenttype=st.none() | texts,
    subject=st.none() | texts,
    boot=st.none() | boots,
    sequence=st.none() | counters | texts,
    driver=st.none() | ids,
    outbox=st.none() | words,
    outboxnumber=st.none() | counters,
    outboxfirst=st.none() | counters,
    action=st.none() | words,
    data=objects,
)
actions = st.builds(Action, id=words, action=words, input=objects, issuer=words, expires=moments)
results = st.builds(
    Result,
    id=words,
    status=st.sampled_from(ActionStatus),
    ts=moments,
    error=st.none() | st.builds(Problem, code=texts, message=texts),
)
committed = st.builds(Committed, outbox=words, upto=counters)

keys = st.text("abcXYZ019._-", min_size=1, max_size=8)
places = st.sampled_from(("*", "gate/*", "gate/east-in", "door/9", "-/-"))
minutes = st.integers(0, 24 * 60).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
periods = st.builds(
    Period,
    days=st.lists(st.sampled_from(get_args(Day)), max_size=8).map(tuple),
    start=minutes,
    end=minutes,
)
levels = st.builds(
    Level,
    key=keys,
    places=st.lists(places, max_size=3).map(tuple),
    periods=st.lists(periods, max_size=2).map(tuple),
    holidays=st.lists(st.dates(), max_size=2).map(tuple),
    timezone=texts,
)
people = st.builds(
    Person,
    key=keys,
    category=st.sampled_from(Category),
    levels=st.lists(keys, max_size=2).map(tuple),
    valid_from=st.none() | moments,
    valid_until=st.none() | moments,
    blocked=st.booleans(),
    cards=st.lists(texts.filter(bool), max_size=2).map(tuple),
    codes=st.lists(st.text("0123456789", min_size=4, max_size=12), max_size=2).map(tuple),
    face=st.sampled_from(Face),
    face_since=st.none() | moments,
)
vehicles = st.builds(
    Vehicle,
    key=keys,
    plate=texts.map(lambda text: text[:16]).filter(bool),
    category=st.sampled_from(Category),
    person=st.none() | keys,
    levels=st.lists(keys, max_size=2).map(tuple),
    valid_from=st.none() | moments,
    valid_until=st.none() | moments,
    blocked=st.booleans(),
)
portions = st.builds(
    Portion,
    list=st.sampled_from(ListName),
    edition=words,
    after=counters,
    upto=counters,
    head=counters,
    levels=st.lists(levels, max_size=2).map(tuple),
    people=st.lists(people, max_size=2).map(tuple),
    vehicles=st.lists(vehicles, max_size=2).map(tuple),
    drop=st.lists(keys, max_size=2).map(tuple),
)
held = st.builds(
    Held,
    edition=texts,
    revision=counters,
    entries=counters,
    staged=st.none() | st.builds(Staged, edition=texts, revision=counters),
)
holdings = st.builds(Holding, ts=moments, lists=st.dictionaries(st.sampled_from(ListName), held))
messages: st.SearchStrategy[AnyMessage] = st.one_of(
    availabilities, states, telemetries, events, actions, results, committed, portions, holdings
)
