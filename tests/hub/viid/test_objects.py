"""Objects as they leave. Golden vectors and own simulator: composed from public descriptions of GA/T 1400."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contract.errors import ConfigurationError, InvalidMessage
from contract.passes import Direction, Means, PlateColour
from hub.passes.record import Outcome, Pass
from hub.viid import ids
from hub.viid.answer import reply_of
from hub.viid.items import Maker
from hub.viid.picture import fit
from hub.viid.profile import Of, read_profile, shipped, wrapped
from hub.viid.settings import Kind
from hub.viid.verdict import Verdict, judge
from tests.hub.viid.made import DEVICES, EAST, picture
from tests.hub.viid.made import settings as said

GOLDEN = Path(__file__).with_name("golden")
AT_MS = 1_795_413_605_000
"""14:00:05 on 23 November 2026 in Beijing."""

MORE = {"community": "33029900002160000001", "data_source": "3302990001"}
VEHICLE = Pass(
    seq=100_007,
    tenant="default",
    site="hemei",
    kind="gate",
    device="east-in",
    at_ms=AT_MS,
    received_ms=AT_MS + 900,
    outcome=Outcome.PASSED,
    direction=Direction.IN,
    means=Means.PLATE,
    plate="浙B12345",
    colour=PlateColour.BLUE,
    pictures=("scene",),
    dwell_s=3,
)
VISITOR = replace(VEHICLE, kind="door", device="b3-lobby", plate=None, means=Means.FACE, dwell_s=0)


def maker(folder: Path, profile: str) -> Maker:
    (folder / "scene").write_bytes((folder / picture(folder, 16, 9)).read_bytes())
    return Maker(
        said("http://127.0.0.1:9", folder, more=MORE), shipped(profile), lambda named: folder / named
    )


def shown(body: bytes) -> object:
    """Return a body without its picture's bytes, which differ from one encoder to the next."""
    document = json.loads(body)
    for listed in document.values():
        for found in listed.values():
            for each in found:
                for image in each.get("SubImageList", {}).get("SubImageInfoObject", ()):
                    assert image["Data"].startswith("/9j/")
                    image["Data"] = "/9j/…"
    return document


@pytest.mark.parametrize("profile", ["national", "community"])
@pytest.mark.parametrize("kind", list(Kind))
def test_objects_of_passes(tmp_path: Path, profile: str, kind: Kind) -> None:
    made = maker(tmp_path, profile)
    item = made.item(kind, VEHICLE if kind is Kind.MOTOR_VEHICLES else VISITOR)
    golden = json.loads((GOLDEN / f"{profile}-{kind}.json").read_text())
    assert shown(wrapped(made.shape(kind), [item.document])) == golden
    assert item.id == item.document[made.shape(kind).id]


@pytest.mark.parametrize("profile", ["national", "community"])
def test_objects_of_devices(tmp_path: Path, profile: str) -> None:
    made = maker(tmp_path, profile)
    told = made.of_devices({"gate/east-in": "东门入口"}, {"gate/east-in": "online"})
    bodies = {shape.item: json.loads(wrapped(shape, documents)) for shape, documents in told}
    assert bodies == json.loads((GOLDEN / f"{profile}-devices.json").read_text())


def test_a_plate_that_was_not_read_is_not_there(tmp_path: Path) -> None:
    made = maker(tmp_path, "national")
    bare = replace(VEHICLE, plate=None, colour=PlateColour.UNKNOWN, pictures=("gone",))
    document = made.item(Kind.MOTOR_VEHICLES, bare).document
    assert (document["HasPlate"], document["PlateColor"], made.unreadable) == ("0", "99", 1)
    assert not {"PlateNo", "SubImageList"} & document.keys()


PLACES = st.integers(1, 100_000_000)


@given(st.sets(PLACES, min_size=2, max_size=50))
@settings(max_examples=20, deadline=None)
def test_no_two_passes_of_a_second_share_an_id(seqs: set[int]) -> None:
    made = {ids.object_id(EAST, AT_MS, ids.Subtype.MOTOR_VEHICLE, seq) for seq in seqs}
    assert len(made) == len(seqs)
    assert {len(each) for each in made} == {48}


def test_ids_say_where_when_and_what() -> None:
    made = ids.object_id(EAST, AT_MS, ids.Subtype.FACE, 7)
    assert made == f"{EAST}02" + "20261123140005" + "00112" + "06" + "00000"
    assert ids.picture_id(EAST, AT_MS, 7, 1) == f"{EAST}02" + "20261123140005" + "00113"


@pytest.mark.parametrize(
    ("kind", "ident"),
    [
        ("gate", "99029900001210000007"),
        ("gate", "33000000001210000007"),
        ("gate", "33029900001250000007"),
        ("gate", "33029900001210000000"),
        ("charger", "33029900001210000007"),
    ],
)
def test_ids_that_no_authority_gave_are_refused(kind: str, ident: str) -> None:
    assert ids.kind_fault(kind, ident)


def test_ids_that_one_may_have_given_pass() -> None:
    assert [ids.kind_fault(each.device.split("/")[0], each.id) for each in DEVICES] == [None] * 3


def test_pictures_are_made_small_enough(tmp_path: Path) -> None:
    content = (tmp_path / picture(tmp_path, 800, 500, noise=True)).read_bytes()
    made = fit(content, 40_000)
    assert len(made.content) <= 40_000 < len(content)
    assert abs(made.width / made.height - 1.6) < 0.02
    assert fit(content, len(content)).content == content
    for nonsense in (b"", b"\xff\xd8\xff", content[:300]):
        with pytest.raises(InvalidMessage):
            fit(nonsense, 10)


def test_a_profile_that_makes_no_sense_is_refused() -> None:
    for text in ("key = 1", 'key = "x"\nextends = "elsewhere"', 'key = "x"\nwrong = 1', "key"):
        with pytest.raises(ConfigurationError):
            read_profile(text)
    assert [each.path for each in shipped("community").of(Of.DEVICE)] == ["/VIID/APEs"]


def listed(*statuses: object) -> bytes:
    return json.dumps({"ResponseStatusListObject": {"ResponseStatusObject": statuses}}).encode()


ONE = json.dumps({"ResponseStatusObject": {"StatusCode": 0, "StatusString": "OK"}}).encode()
BUSY = json.dumps({"ResponseStatusObject": {"StatusCode": "2"}}).encode()


@pytest.mark.parametrize(
    ("http", "body", "verdicts"),
    [
        (200, listed({"Id": "a", "StatusCode": "0"}, {"Id": "b", "StatusCode": 0}), "taken taken"),
        (200, listed({"Id": "b", "StatusCode": 8}, {"Id": "a", "StatusCode": "0"}), "taken aside"),
        (200, listed({"StatusCode": "0"}, {"StatusCode": "7"}), "taken aside"),
        (200, listed({"Id": "a", "StatusCode": "1"}), "doubtful doubtful"),
        (200, listed({"Id": "a", "StatusCode": "nonsense"}, {"Id": "b", "StatusCode": 3}), "doubtful again"),
        (201, ONE, "taken taken"),
        (200, BUSY, "again again"),
        (200, b"", "doubtful doubtful"),
        (200, b"<html>", "doubtful doubtful"),
        (503, b"", "again again"),
        (404, b"", "again again"),
        (500, b"", "alone alone"),
        (413, b"", "alone alone"),
    ],
)
def test_answers_are_judged(http: int, body: bytes, verdicts: str) -> None:
    judged = judge(["a", "b"], reply_of(http, body))
    assert [judged["a"].verdict, judged["b"].verdict] == [Verdict(each) for each in verdicts.split()]


def test_one_alone_is_to_blame() -> None:
    assert judge(["a"], reply_of(413, b""))["a"].verdict is Verdict.ASIDE
    assert judge(["a"], reply_of(500, b""))["a"].verdict is Verdict.DOUBTFUL
