"""Documents: golden vectors, attacks, and whatever hypothesis makes up."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import InvalidMessage
from drivers.isapi.document import DEEPEST, LONGEST, MOST_NODES, Node, read_document, shown
from tests.drivers.isapi.shapes import HIKVISION, ISAPI, JSON, STD_CGI, anpr


def plate(document: Node) -> str:
    return document.word("ANPR", "licensePlate")


@pytest.mark.parametrize("namespace", [ISAPI, HIKVISION, STD_CGI])
def test_namespaces_do_not_matter(namespace: str) -> None:
    document = read_document(anpr(namespace=namespace))
    assert document.name == "eventnotificationalert"
    assert plate(document) == "浙B12345"
    assert document.word("anpr", "VEHICLEINFO", "vehicleLogoRecog") == "1036"
    assert document.word("ANPR", "noSuch", "thing") == ""
    assert document.at("ANPR", "noSuch") is None


def test_a_prefix_does_not_matter() -> None:
    text = b'<n:Alert xmlns:n="http://x"><n:ANPR><n:licensePlate> A1 </n:licensePlate></n:ANPR></n:Alert>'
    assert plate(read_document(text)) == "A1"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb2312", "gb18030", "utf-16"])
def test_a_declared_encoding_is_believed(encoding: str) -> None:
    for province in "豫鲁浙京":  # the first two are also valid UTF-8 when written in GBK
        assert plate(read_document(anpr(f"{province}A12345", encoding=encoding))) == f"{province}A12345"


def test_a_wrong_or_missing_declaration_does_no_harm() -> None:
    gbk = anpr(encoding="gbk")
    for instead in (b"utf-8", b"UTF-16BOM", b"rot13", b"idna"):
        assert plate(read_document(gbk.replace(b'"gbk"', b'"' + instead + b'"'))) == "浙B12345"
    bare = gbk.partition(b"?>\n")[2]
    assert plate(read_document(bare)) == "浙B12345"
    assert plate(read_document(bare, "GB2312")) == "浙B12345"
    assert plate(read_document(b"\xef\xbb\xbf" + anpr())) == "浙B12345"
    assert plate(read_document(b"\r\n  " + anpr() + b"\0\r\n")) == "浙B12345"


def test_json_is_read_as_the_same_tree() -> None:
    document = read_document(JSON)
    assert (document.name, plate(document)) == ("", "浙B12345")
    assert document.word("ANPR", "confidenceLevel") == "0.98"
    several = read_document(b'{"list":[{"n":1},{"n":2},true,null,[3]]}')
    assert [each.word("n") or each.text for each in several.every("list")] == ["1", "2", "true", "", ""]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (n, n - 1, n - 1, n - 1, n - 1) for n in range(98, 120))
    + b"]><EventNotificationAlert><eventType>&w;</eventType></EventNotificationAlert>"
)
FILES = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd"><a/>',
    b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
)


@pytest.mark.parametrize(
    "attack",
    [
        BOMB,
        *FILES,
        b"<a>" * 60_000,
        b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1),
        b"<a>" + b"<b/>" * MOST_NODES + b"</a>",
        b'{"a":' * 60_000,
        b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
        b'{"a":[' + b"1," * MOST_NODES + b"1]}",
        b'{"a":' + b"9" * 5000 + b"}",
        b"<a>" + b" " * LONGEST + b"</a>",
        b"",
        b"\xff\xfe",
        b"\xff" * 40,
        b"<",
        b"<?xml",
        b"<?xml?>",
        b"<a/><b/>",
        b"<n:a/>",
        b"<a>\x00\x0b</a>",
        b"&lt;a/>",
        b"[1]",
        b"{]",
        b"GET / HTTP/1.1",
    ],
)
def test_attacks_and_nonsense_are_refused(attack: bytes) -> None:
    with pytest.raises(InvalidMessage) as refused:
        read_document(attack)
    assert "root:" not in str(refused.value)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_document_or_refused(body: bytes) -> None:
    with suppress(InvalidMessage):
        assert isinstance(read_document(body), Node)


@given(st.data())
def test_an_alert_with_any_bytes_changed_is_a_document_or_refused(data: st.DataObject) -> None:
    body = bytearray(anpr())
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidMessage):
        read_document(bytes(body))


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
        ),
        max_leaves=30,
    )
)
def test_any_json_is_a_tree_or_refused(value: object) -> None:
    with suppress(InvalidMessage):
        read_document(json.dumps({"it": value}).encode())


def test_what_is_shown_of_a_devices_words_is_short_and_printable() -> None:
    assert shown("a\nb\x1b[31m" + "c" * 100) == "a·b·[31m" + "c" * 32
