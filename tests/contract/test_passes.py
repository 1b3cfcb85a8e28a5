"""The events of who passes: their fields as they stand on the wire, and what must not stand there."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import passes
from contract.passes import (
    AccessGranted,
    Decision,
    Direction,
    FaceRemoved,
    GatePassed,
    Means,
    PlateColour,
    PlateRecognised,
    Reason,
    Tailgated,
)

DATA = (PlateRecognised, GatePassed, Tailgated, AccessGranted, FaceRemoved)
texts = st.text(max_size=20)


@pytest.mark.parametrize("kind", DATA)
def test_fields_are_written_in_kebab_case(kind: type[msgspec.Struct]) -> None:
    assert all(name == name.replace("_", "-") for name in kind.__struct_encode_fields__)


def test_events_are_named_by_their_kind_of_device() -> None:
    types = [
        value for name, value in vars(passes).items() if name.isupper() and str(value).startswith("hemei")
    ]
    assert len(set(types)) == len(types) == 9
    assert all(each.split(".")[1] in (passes.GATE_KIND, passes.DOOR_KIND) for each in types)


@given(
    st.builds(
        PlateRecognised,
        plate=texts,
        colour=st.sampled_from(PlateColour),
        confidence=st.none() | st.floats(0, 100),
        direction=st.sampled_from(Direction),
        decision=st.sampled_from(Decision),
        reason=st.sampled_from(Reason),
        vehicle=texts,
        person=texts,
    )
    | st.builds(
        GatePassed,
        plate=texts,
        means=st.sampled_from(Means),
        confirmed=st.booleans(),
        dwell_s=st.floats(0, 1e6),
    )
    | st.builds(Tailgated, plate=texts, before=texts)
    | st.builds(AccessGranted, holder=st.none() | texts, means=st.sampled_from(Means))
    | st.builds(FaceRemoved, person=texts, acknowledged=st.booleans(), absent=st.none() | st.booleans())
)
def test_what_is_written_is_read_again(data: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(data), type=type(data)) == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (PlateRecognised, {"decision": "admitted"}),
        (PlateRecognised, {"decision": "opened", "reason": "listed"}),
        (PlateRecognised, {"decision": "refused", "reason": "uncertain", "confidence": 101}),
        (PlateRecognised, {"decision": "refused", "reason": "uncertain", "person": "x" * 65}),
        (GatePassed, {"dwell-s": -1}),
        (GatePassed, {"means": "climbing"}),
        (FaceRemoved, {"person": "p-1"}),
    ],
)
def test_what_must_not_be_said(kind: type[Any], data: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, kind)
