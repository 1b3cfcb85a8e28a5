"""Messages to bytes and back, whatever the bytes."""

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.codec import (
    MAX_DEPTH,
    MAX_JSON_BYTES,
    MAX_PREVIEW_BYTES,
    MESSAGE_TYPES,
    AnyMessage,
    check_preview,
    decode,
    encode,
)
from contract.errors import InvalidMessage
from contract.messages import ActionStatus, Committed, Event, State
from contract.things import read_description
from contract.topics import Channel
from tests.contract import samples

message_types = st.sampled_from(list(MESSAGE_TYPES.values()))

STATE: dict[str, Any] = {
    "ts": "2026-11-24T01:02:03.004Z",
    "boot": 1,
    "seq": 2,
    "properties": {"x": 0},
}
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "7",
    "source": "s/gate/east",
    "type": "hemei.gate.opened",
    "time": "2026-11-24T01:02:03.004Z",
}


def code_of(message: type[Any], payload: bytes) -> str:
    """Return the code that refuses `payload`, or "" if it is taken."""
    try:
        decode(message, payload)
    except InvalidMessage as wrong:
        return wrong.code
    return ""


@given(samples.messages)
def test_what_is_written_is_read_again(message: AnyMessage) -> None:
    kind: type[Any] = type(message)
    assert decode(kind, encode(message)) == message


@given(samples.messages)
def test_times_are_written_in_utc_with_milliseconds(message: AnyMessage) -> None:
    for name, value in json.loads(encode(message)).items():
        if name in {"ts", "time", "expires"}:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value, re.ASCII)


@given(message_types, st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(message: type[Any], payload: bytes) -> None:
    code_of(message, payload)


@given(message_types, samples.json_values)
def test_any_json_is_a_message_or_refused(message: type[Any], value: Any) -> None:
    code_of(message, json.dumps(value).encode())


@given(samples.messages, st.data())
def test_a_message_with_a_changed_byte_is_a_message_or_refused(
    message: AnyMessage, data: st.DataObject
) -> None:
    payload = bytearray(encode(message))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    code_of(type(message), bytes(payload))


@given(
    samples.messages, st.sampled_from([b"1e999", b"NaN", b"9" * 5000, b"[" * 300, b'"\\ud800"', b"{}", b"-1"])
)
def test_a_message_with_a_changed_field_is_a_message_or_refused(message: AnyMessage, value: bytes) -> None:
    fields = {name: json.dumps(old).encode() for name, old in json.loads(encode(message)).items()}
    for name in fields:
        changed = b",".join(
            b'"%s":%s' % (each.encode(), value if each == name else old) for each, old in fields.items()
        )
        code_of(type(message), b"{%s}" % changed)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_description_or_refused(payload: bytes) -> None:
    with contextlib.suppress(InvalidMessage):
        read_description(payload)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "bad-json"),
        (b"\xef\xbb\xbf{}", "bad-json"),
        ("{}".encode("utf-16"), "bad-json"),
        (b"\x00" * 10, "bad-json"),
        (b"null", "bad-fields"),
        (b"{}", "bad-fields"),
        (b"[" * MAX_JSON_BYTES, "too-deep"),
        (b" " * (MAX_JSON_BYTES + 1), "too-large"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_refuses(payload: bytes, code: str) -> None:
    assert code_of(State, payload) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", ""),
        ("-9223372036854775808", ""),
        ("9223372036854775808", "bad-fields"),
        ("1" * 30, "bad-fields"),
        ("1" * 5000, "bad-fields"),
        ("0.1e-400", ""),
        ("1e999", "bad-fields"),
        ("NaN", "bad-json"),
        ("Infinity", "bad-json"),
        ("[]", "bad-fields"),
        ("{}", "bad-fields"),
        ('"\\ud800"', "bad-json"),
        ('"\\udc00\\ud800"', "bad-json"),
        ('"\\u0000"', "bad-text"),
        ('"和美"', ""),
    ],
)
def test_a_property_holds(text: str, code: str) -> None:
    payload = json.dumps(STATE).replace('"x": 0', f'"x": {text}').encode()
    assert code_of(State, payload) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-24T01:02:03Z", ""),
        ("2026-11-24T09:02:03.004+08:00", ""),
        ("2026-11-24T01:02:03.0045678Z", ""),
        ("1970-01-01T00:00:00Z", ""),
        ("2026-11-24T01:02:03", "bad-fields"),
        ("2026-11-24", "bad-fields"),
        ("2026-02-30T00:00:00Z", "bad-fields"),
        ("2026-11-24T23:59:60Z", "bad-fields"),
        ("1969-12-31T23:59:59Z", "bad-time"),
        ("0001-01-01T00:00:00+14:00", "bad-time"),
        ("9999-12-31T23:59:59-14:00", "bad-time"),
        ("9999-12-31T23:59:59.9999999Z", "bad-fields"),
    ],
)
def test_a_time_is(text: str, code: str) -> None:
    assert code_of(State, json.dumps(STATE | {"ts": text}).encode()) == code
    assert code_of(Event, json.dumps(EVENT | {"time": text}).encode()) == code


def test_another_zone_is_written_as_utc() -> None:
    beijing = timezone(timedelta(hours=8))
    state = State(ts=datetime(2026, 11, 24, 9, tzinfo=beijing), boot="a", seq=0, properties={})
    assert b'"ts":"2026-11-24T01:00:00.000Z"' in encode(state)
    assert decode(State, encode(state)).ts == datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("depth", "code"), [(MAX_DEPTH - 2, ""), (MAX_DEPTH, "too-deep"), (5000, "too-deep")]
)
def test_data_is_nested(depth: int, code: str) -> None:
    event = json.dumps(EVENT)[:-1] + ', "data": {"x": ' + "[" * depth + "]" * depth + "}}"
    assert code_of(Event, event.encode()) == code


def test_many_brackets_are_not_depth() -> None:
    event = EVENT | {"data": {"x": [[each] for each in range(200)]}}
    assert code_of(Event, json.dumps(event).encode()) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"id": ""},
        {"id": None},
        {"type": "x" * 257},
        {"data": "text"},
        {"driver": "gates/#"},
        {"driver": "gates\n"},
        {"outboxnumber": -1},
        {"outboxnumber": True},
        {"outboxnumber": 1.0},
    ],
    ids=str,
)
def test_an_event_must_not_say(change: dict[str, Any]) -> None:
    assert code_of(Event, json.dumps(EVENT).encode()) == ""
    assert code_of(Event, json.dumps(EVENT | change).encode()) == "bad-fields"


def test_unknown_fields_are_ignored() -> None:
    assert decode(State, json.dumps(STATE | {"new": [1]}).encode()).seq == 2


def test_only_sha256s_are_media() -> None:
    digest = "0123456789abcdef" * 4
    named = [digest, digest.upper(), "../../etc/passwd", 1, None, digest + "0"]
    event = decode(Event, json.dumps(EVENT | {"data": {"media": named}}).encode())
    assert event.media == (digest,)
    for media in ("x", None, {"a": 1}):
        assert decode(Event, json.dumps(EVENT | {"data": {"media": media}}).encode()).media == ()
    assert decode(Event, json.dumps(EVENT).encode()).media == ()


def test_each_json_channel_has_its_message() -> None:
    assert set(MESSAGE_TYPES) == set(Channel) - {Channel.DESCRIPTION, Channel.MEDIA, Channel.PREVIEW}
    assert decode(Committed, b'{"outbox":"a","upto":3}') == Committed(outbox="a", upto=3)


def test_only_accepted_is_not_final() -> None:
    assert [status for status in ActionStatus if not status.final] == [ActionStatus.ACCEPTED]


JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100 + b"\xff\xd9"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (JPEG, ""),
        (b"", "bad-picture"),
        (b"\xff\xd8\xff", "bad-picture"),
        (JPEG[:-1], "bad-picture"),
        (JPEG[1:], "bad-picture"),
        (b"\x89PNG\r\n\x1a\n", "bad-picture"),
        (b"<svg onload='alert(1)'/>", "bad-picture"),
        (JPEG[:-2] + b"0" * (MAX_PREVIEW_BYTES - len(JPEG)) + JPEG[-2:], ""),
        (JPEG[:-2] + b"0" * (MAX_PREVIEW_BYTES - len(JPEG) + 1) + JPEG[-2:], "too-large"),
    ],
)
def test_a_preview_is_a_whole_jpeg_of_bounded_size(payload: bytes, code: str) -> None:
    if not code:
        check_preview(payload)
        return
    with pytest.raises(InvalidMessage) as refused:
        check_preview(payload)
    assert refused.value.code == code


@given(st.binary(max_size=64))
def test_any_bytes_are_a_preview_or_refused(payload: bytes) -> None:
    with contextlib.suppress(InvalidMessage):
        check_preview(payload)
        assert payload[:3] == b"\xff\xd8\xff"
