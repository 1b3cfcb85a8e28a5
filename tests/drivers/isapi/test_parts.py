"""Parts of an endless multipart body, however they come, and whatever comes."""

import itertools
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.isapi.parts import LONGEST_BODY, LONGEST_HEAD, Multipart, Nonsense, Part, boundary_of

JPEG = b"\xff\xd8\xff\xe0\r\n\r\n--not-it\r\n\x00\xff\xd9"


def written(kind: str, body: bytes, *, length: int | None = None, end: bytes = b"\r\n") -> bytes:
    """Write a part as cameras do."""
    length = len(body) if length is None else length
    return end.join(
        [b"--edge", b"Content-Type: " + kind.encode(), b"Content-Length: %d" % length, b"", body, b""]
    )


def without_length(kind: str, body: bytes) -> bytes:
    return re.sub(rb"Content-Length: \d+\r\n", b"", written(kind, body))


def read(data: bytes, *cuts: int, whole: bool = False) -> list[Part | Nonsense]:
    parser = Multipart(b"edge", (lambda part: part.body.endswith(b">")) if whole else lambda part: False)
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    return [each for start, end in itertools.pairwise(edges) for each in parser.feed(data[start:end])]


def test_a_part_with_a_length_is_there_at_its_last_byte() -> None:
    parser = Multipart(b"edge")
    said = written("application/xml; charset=utf-8", b"<a/>")
    assert list(parser.feed(said[:-3])) == []
    assert list(parser.feed(said[-3:-2])) == [Part("application/xml", b"<a/>")]


def test_a_part_without_a_length_is_there_when_the_next_begins_or_when_it_looks_whole() -> None:
    said = without_length("text/xml", b"<a>\r\n</a>")
    assert read(said) == []
    assert read(said + b"--edge") == [Part("text/xml", b"<a>\r\n</a>")]
    assert read(said.rstrip(), whole=True) == [Part("text/xml", b"<a>\r\n</a>")]


@pytest.mark.parametrize("length", [5, 500])
def test_a_wrong_length_spoils_one_part_at_most(length: int) -> None:
    said = written("text/xml", b"<a></a>", length=length) + written("image/jpeg", JPEG)
    found = read(said)
    assert found[-1] == Part("image/jpeg", JPEG)
    assert [each for each in found if isinstance(each, Nonsense)]


def test_lines_may_end_with_lf_alone() -> None:
    assert read(written("image/jpeg", JPEG, end=b"\n")) == [Part("image/jpeg", JPEG)]


def test_what_is_between_parts_is_told_and_left_out() -> None:
    good = written("text/xml", b"<a/>")
    assert read(good + b"HTTP/1.1 500 Oops\r\n" + good) == [
        Part("text/xml", b"<a/>"),
        Nonsense("bytes between parts"),
        Part("text/xml", b"<a/>"),
    ]
    assert read(b"--edgewise\r\n\r\n" + good) == [
        Nonsense("no line end after a boundary"),
        Part("text/xml", b"<a/>"),
    ]


DASHED = b"---------------------------7e13"


@pytest.mark.parametrize("mark", [b"--" + DASHED, DASHED], ids=["RFC 2046", "hyphens-counted"])
@pytest.mark.parametrize("write", [written, without_length])
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_hyphens_before_a_boundary_may_be_a_part_of_it(
    mark: bytes, write: Callable[[str, bytes], bytes], step: int
) -> None:
    bodies = [b"<a/>", JPEG, b"x" + mark[:-1], b""]
    said = b"".join(write("image/jpeg", body) for body in bodies).replace(b"--edge", mark)
    said = b"\r\n" + said + mark + b"--\r\n"
    boundary = boundary_of(f"multipart/mixed; boundary={DASHED.decode()}")
    assert boundary is not None
    parser = Multipart(boundary)
    found = [each for at in range(0, len(said), step) for each in parser.feed(said[at : at + step])]
    assert found == [Part("image/jpeg", body) for body in bodies]


def test_after_the_last_boundary_nothing_is_a_part() -> None:
    assert read(written("text/xml", b"<a/>") + b"--edge--\r\n") == [Part("text/xml", b"<a/>")]


@pytest.mark.parametrize(
    "endless",
    [
        b"x" * LONGEST_HEAD * 4,
        b"--edge\r\nX: " + b"x" * LONGEST_HEAD * 4,
        written("image/jpeg", b"", length=LONGEST_BODY + 1),
        without_length("image/jpeg", b"x" * (LONGEST_BODY + LONGEST_HEAD)),
    ],
)
def test_what_has_no_end_is_dropped_and_the_next_part_is_found(endless: bytes) -> None:
    parser = Multipart(b"edge")
    found: list[Part | Nonsense] = []
    for at in range(0, len(endless), 65536):
        found += parser.feed(endless[at : at + 65536])
        assert len(parser._bytes) <= LONGEST_BODY + 2 * 65536
    found += parser.feed(b"\r\n" + written("text/xml", b"<a/>"))
    assert found[-1] == Part("text/xml", b"<a/>")
    assert Nonsense in {type(each) for each in found}


BODIES = st.lists(
    st.tuples(
        st.sampled_from(["image/jpeg", "application/xml", "application/json", ""]),
        st.binary(max_size=60).filter(lambda body: b"--edge" not in body and body == body.strip()),
        st.booleans(),
    ),
    max_size=5,
)
CUTS = st.lists(st.integers(0, 600), max_size=12)


@settings(deadline=None)
@given(BODIES, CUTS)
def test_however_the_bytes_are_cut_the_parts_are_the_same(
    bodies: list[tuple[str, bytes, bool]], cuts: list[int]
) -> None:
    said = b"".join(
        written(kind, body) if known else without_length(kind, body) for kind, body, known in bodies
    )
    expected = [Part(kind, body) for kind, body, _ in bodies]
    assert read(said + b"--edge--\r\n", *cuts) == expected


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from([b"--edge", b"\r\n", b"Content-Length: 7", b"--"]))
    )
)
@example([b"--edge", b"\n\n", b"\n--edge"])
def test_any_bytes_are_survived(pieces: list[bytes]) -> None:
    parser = Multipart(b"edge")
    for piece in pieces:
        assert all(isinstance(each, Part | Nonsense) for each in parser.feed(piece))
    found = list(parser.feed(b"\r\n--edge--\r\n\r\n" + written("text/xml", b"<a/>")))
    assert found[-1] == Part("text/xml", b"<a/>")


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=boundary", b"boundary"),
        ('multipart/x-mixed-replace;charset=utf-8; boundary="--MIME edge"', b"--MIME edge"),
        ("Multipart/Mixed;Boundary=a;x=y", b"a"),
        ("text/html", None),
        ("multipart/mixed", None),
        ("multipart/mixed; boundary=-----7e13", b"-----7e13"),
        ("multipart/mixed; boundary=--", None),
    ],
)
def test_the_boundary_is_what_the_header_says(content_type: str, boundary: bytes | None) -> None:
    assert boundary_of(content_type) == boundary
