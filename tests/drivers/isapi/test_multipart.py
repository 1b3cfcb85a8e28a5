"""Pushed bodies: golden vectors of the cameras' form data, broken ones, and whatever hypothesis makes up."""

import asyncio
import os
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import InvalidMessage
from drivers.isapi.multipart import LONGEST_PART, MOST_PARTS, read_push
from drivers.isapi.push import MOST_PICTURES, Push
from tests.drivers.isapi.shapes import HEARTBEAT, JSON, PLATE, SCENE, anpr, form

FORM = "multipart/form-data; boundary=boundary"
XML = ("anpr.xml", "text/xml", anpr())
PICTURES = (
    ("detectionPicture.jpg", "image/jpeg", SCENE),
    ("licensePlatePicture.jpg", "image/jpeg", PLATE),
)
WHOLE = form(XML, *PICTURES)


def names(push: Push) -> list[tuple[str, bytes]]:
    return [(each.name, each.jpeg) for each in push.pictures]


BOTH = [("detectionPicture.jpg", SCENE), ("licensePlatePicture.jpg", PLATE)]


@pytest.mark.parametrize("kind", ["text/xml", "application/xml; charset=UTF-8", "image/jpeg", ""])
async def test_a_part_is_what_its_bytes_say(kind: str) -> None:
    body = form(("anpr.xml", kind, anpr()), ("detectionPicture.jpg", kind, SCENE), PICTURES[1])
    push = await read_push(FORM, body)
    assert (push.event, names(push), push.flaw) == ("anpr", BOTH, "")


@pytest.mark.parametrize("boundary", ["-----------------------7e13971310878", "MIME_boundary", '"a b"', "b="])
async def test_boundaries_as_cameras_choose_them(boundary: str) -> None:
    body = form(XML, *PICTURES, boundary=boundary.strip('"'))
    assert names(await read_push(f"multipart/form-data; boundary={boundary}", body)) == BOTH


async def test_order_names_and_other_parts_do_not_matter() -> None:
    body = form(
        PICTURES[1], ("note", "text/plain", b"hello"), ("a.json", "application/json", JSON), PICTURES[0]
    )
    push = await read_push(FORM, body)
    assert (push.event, sorted(names(push))) == ("anpr", BOTH)


async def test_wrong_lengths_of_parts_are_not_believed() -> None:
    body = WHOLE.replace(b"Content-Length: ", b"Content-Length: 9")
    for subtype in ("form-data", "mixed", "related"):
        assert names(await read_push(f"multipart/{subtype}; boundary=boundary", body)) == BOTH


@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=GBK", "", "image/jpeg"])
async def test_a_body_may_be_the_document_itself(kind: str) -> None:
    for body, event in ((HEARTBEAT, "videoloss"), (JSON, "anpr")):
        assert (await read_push(kind, body)).event == event


async def test_the_encoding_of_the_transport_is_believed() -> None:
    bare = anpr("豫A12345", encoding="gbk").partition(b"?>\n")[2]
    push = await read_push("text/xml; charset=gb2312", bare)
    assert push.document.word("ANPR", "licensePlate") == "豫A12345"
    push = await read_push(FORM, form(("anpr.xml", 'text/xml; charset="GBK"', bare)))
    assert push.document.word("ANPR", "licensePlate") == "豫A12345"


async def test_two_large_pictures_are_taken_whole() -> None:
    large = b"\xff\xd8\xff" + os.urandom(2 * 1024 * 1024)
    body = form(
        XML, ("detectionPicture.jpg", "image/jpeg", large), ("vehiclePicture.jpg", "image/jpeg", large)
    )
    assert [each.jpeg for each in (await read_push(FORM, body)).pictures] == [large, large]


async def test_what_is_cut_off_after_the_document_leaves_the_document() -> None:
    push = await read_push(FORM, WHOLE[: WHOLE.index(b"scene") + 9000])
    assert (push.event, [SCENE.startswith(each.jpeg) for each in push.pictures]) == ("anpr", [True])
    assert "told apart" in push.flaw
    push = await read_push(FORM, WHOLE.removesuffix(b"--boundary--\r\n"))
    assert len(push.pictures) == 2
    too_many = form(XML, *[("p.jpg", "image/jpeg", PLATE)] * MOST_PARTS)
    push = await read_push(FORM, too_many)
    assert (len(push.pictures), push.flaw) == (MOST_PICTURES, f"more than {MOST_PARTS} parts")
    too_long = form(XML, ("p.jpg", "image/jpeg", b"\xff\xd8\xff" + bytes(LONGEST_PART)))
    push = await read_push(FORM, too_long)
    assert push.pictures == ()
    assert str(LONGEST_PART) in push.flaw


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, WHOLE[:400]),
        (FORM, b""),
        (FORM, b"--boundary--\r\n"),
        (FORM, form(*PICTURES)),
        (FORM, form(XML, XML)),
        (FORM, form(("a", "text/xml", b"<a"))),
        (FORM, WHOLE.replace(b"\r\n", b"\n")),
        (FORM, b"--boundary\r\n" + b"a: b\r\n" * 1000),
        (FORM, b"--boundary\r\n" + b"a" * 100_000),
        (FORM, form(("a", "multipart/mixed; boundary=inner", form(XML, boundary="inner")))),
        (FORM, form(("_charset_", "", b"x" * 100), XML)),
        ("multipart/form-data", WHOLE),
        ("multipart/form-data; boundary=", WHOLE),
        (f"multipart/form-data; boundary={'b' * 100}", WHOLE),
        ("multipart/form-data; boundary=another", WHOLE),
        ("multipart/form-data; boundary=浙", WHOLE),
        ("application/xml", SCENE),
        ("", b"\0"),
    ],
)
async def test_what_cannot_be_told_apart_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        await read_push(kind, body)


def survives(kind: str, body: bytes) -> None:
    async def check() -> None:
        with suppress(InvalidMessage):
            assert isinstance(await read_push(kind, body), Push)

    asyncio.run(check())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.binary(max_size=200))
def test_any_body_of_any_kind_is_survived(kind: str, body: bytes) -> None:
    survives(kind, body)
    survives(f"multipart/form-data; boundary={kind}", body)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_broken_form_is_survived(data: st.DataObject) -> None:
    pieces = st.sampled_from(
        [b"--boundary", b"\r\n", b"--", b'name="', b"Content-Type: ", anpr(), PLATE, b":"]
    )
    survives(FORM, b"".join(data.draw(st.lists(st.one_of(pieces, st.binary(max_size=20)), max_size=20))))
    body = bytearray(form(XML, PICTURES[1]))
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    survives(FORM, bytes(body))
