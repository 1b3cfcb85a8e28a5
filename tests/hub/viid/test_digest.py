"""Digest as we check it, by the vectors of RFC 7616 §3.9.1; curl is asked in `test_subscriptions.py`."""

import re

import pytest

from contract.clock import ManualClock
from hub.viid.subscriptions.digest import NONCE_S, Admission, Digest, Login, parameters, response

RFC = Login("http-auth@example.org", "Mufasa", "Circle of Life")
HEADER = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
VECTORS = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}
US = Login("VIID", "33029900005030000002", "a word")
PATH = "/VIID/Subscribes"


@pytest.fixture
def digest() -> Digest:
    return Digest(ManualClock())


@pytest.mark.parametrize("algorithm", VECTORS)
def test_the_vectors_of_the_rfc(algorithm: str, digest: Digest) -> None:
    header = HEADER.format(algorithm=algorithm, response=VECTORS[algorithm])
    said = parameters(header)
    assert said is not None
    assert response(RFC, "GET", said) == VECTORS[algorithm]
    assert digest.judge(RFC, "GET", "/dir/index.html", header) is Admission.STALE, "a nonce of another's"
    assert digest.judge(RFC, "POST", "/dir/index.html", header) is Admission.REFUSED


def answer(
    digest: Digest, login: Login = US, *, nc: str = "00000001", uri: str = PATH, more: str = ""
) -> str:
    """Answer a challenge as a client does."""
    found = re.search(r'nonce="([^"]+)"', digest.challenges(login.realm)[0])
    assert found is not None
    return written(found[1], login, nc=nc, uri=uri, more=more)


def written(nonce: str, login: Login = US, *, nc: str = "00000001", uri: str = PATH, more: str = "") -> str:
    said = {"uri": uri, "nonce": nonce, "nc": nc, "cnonce": "c", "qop": "auth", "algorithm": "MD5"}
    made = response(login, "POST", said)
    words = f'username="{login.username}", realm="{login.realm}", nonce="{nonce}", uri="{uri}", cnonce="c"'
    return f'Digest {words}, qop="auth", nc="{nc}", response="{made}"{more}'


def test_quoted_words_and_a_whole_url_are_understood(digest: Digest) -> None:
    assert digest.judge(US, "POST", PATH, answer(digest)) is Admission.ADMITTED
    whole = answer(digest, uri=f"http://192.0.2.1:8080{PATH}")
    assert digest.judge(US, "POST", PATH, whole) is Admission.ADMITTED


def test_what_came_once_does_not_come_again(digest: Digest) -> None:
    header = answer(digest)
    assert digest.judge(US, "POST", PATH, header) is Admission.ADMITTED
    assert digest.judge(US, "POST", PATH, header) is Admission.STALE
    said = parameters(header)
    assert said is not None
    assert digest.judge(US, "POST", PATH, written(said["nonce"], nc="0000000a")) is Admission.ADMITTED


def test_a_nonce_expires() -> None:
    clock = ManualClock()
    digest = Digest(clock)
    header = answer(digest)
    clock.advance(NONCE_S + 1)
    assert digest.judge(US, "POST", PATH, header) is Admission.STALE


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Digest",
        "Digest x",
        "Basic YTpi",
        'Digest username="a"',
        HEADER.format(algorithm="MD5-sess", response=VECTORS["MD5"]),
        HEADER.format(algorithm="MD5", response="é" * 8),
        HEADER.format(algorithm="MD5", response=VECTORS["MD5"]).replace("nc=00000001", "nc=1"),
        HEADER.format(algorithm="MD5", response=VECTORS["MD5"]).replace("qop=auth, ", ""),
        "Digest " + "a=b, " * 2000,
    ],
)
def test_what_proves_nothing_is_refused(header: str, digest: Digest) -> None:
    assert digest.judge(RFC, "GET", "/dir/index.html", header) is Admission.REFUSED
