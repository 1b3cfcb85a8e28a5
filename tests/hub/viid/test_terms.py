"""What of a wish to be notified may be granted: nothing but what leaves this site, to where it may."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from hub.viid.settings import Kind, SubscriptionSettings, ViidSettings
from hub.viid.subscriptions.asked import asked_of, items_of
from hub.viid.subscriptions.terms import TermsRefused, still_lawful, terms_of
from simulators.viid.subscriber import wish
from tests.hub.viid.made import EAST, US, settings

LIBRARY = "http://198.51.100.7:8080"
NOW_MS = epoch_ms(datetime(2026, 11, 24, 4, tzinfo=UTC))
THEIRS = f"{LIBRARY}/VIID/SubscribeNotifications"


def site(folder: Path, **fields: Any) -> ViidSettings:
    subscriptions = SubscriptionSettings(enabled=True, document="甬公通 2026-18", **fields.pop("said", {}))
    return settings(fields.pop("url", LIBRARY), folder, subscriptions=subscriptions, **fields)


def asked(**fields: Any) -> Any:
    return asked_of(msgspec.json.encode(wish("1" * 33, US, THEIRS, "20271123000000", **fields)))


def test_all_devices_or_those_that_are_named(tmp_path: Path) -> None:
    said = site(tmp_path)
    terms = terms_of(asked(), said, NOW_MS)
    assert (terms.kinds, len(terms.devices), terms.pictures) == ((Kind.MOTOR_VEHICLES,), 3, True)
    one = terms_of(asked(ResourceClass="1", ResourceURI=EAST, ResultImageDeclare=-1), said, NOW_MS)
    assert (one.devices, one.pictures) == (("gate/east-in",), False)
    assert terms_of(asked(ResourceClass=0, ResourceURI=EAST), said, NOW_MS).devices == one.devices


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"SubscribeDetail": "12"}, "faces do not leave"),
        ({"SubscribeDetail": "13,1"}, "not served"),
        ({"SubscribeDetail": "3"}, "device-list do not leave"),
        ({"SubscribeDetail": ""}, "missing"),
        ({"ResourceURI": ""}, "own"),
        ({"ResourceURI": "33029900005030000099"}, "own"),
        ({"ResourceClass": 1, "ResourceURI": f"{EAST},33029900001210000099"}, "own"),
        ({"ResourceClass": 5, "ResourceURI": "330299"}, "ResourceClass 5"),
        ({"BeginTime": None}, "BeginTime: missing"),
        ({"EndTime": None}, "EndTime: missing"),
        ({"EndTime": "20261399000000"}, "no moment"),
        ({"EndTime": "20190101000000"}, "not after"),
        ({"EndTime": "20261123000000"}, "is over"),
        ({"EndTime": "20281123000000"}, "more than 366 days"),
        ({"ReceiveAddr": "http://192.0.2.66/VIID/SubscribeNotifications"}, "neither"),
        ({"ReceiveAddr": "http://198.51.100.7@192.0.2.66/VIID/x"}, "expected http"),
        ({"ReceiveAddr": "http://192.0.2.66#@198.51.100.7/VIID/x"}, "expected http"),
        ({"ReceiveAddr": "http://192.0.2.66\\@198.51.100.7/VIID/x"}, "expected http"),
        ({"ReceiveAddr": "file://198.51.100.7/VIID/x"}, "expected http"),
        ({"ReceiveAddr": "http://198.51.100.7:99999/VIID/x"}, "no address"),
        ({"ReceiveAddr": "http://[::1/VIID/x"}, "no address"),
        ({"ReceiveAddr": "http://198.51.100.7/admin"}, "path"),
        ({"ReceiveAddr": "http://198.51.100.7/VIID/../admin"}, "path"),
        ({"ReceiveAddr": ""}, "expected http"),
    ],
)
def test_what_may_not_be_is_refused_with_words(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(TermsRefused, match=words):
        terms_of(asked(**fields), site(tmp_path), NOW_MS)


def test_other_hosts_only_if_the_site_names_them_and_never_less_safe(tmp_path: Path) -> None:
    elsewhere = asked(ReceiveAddr="http://192.0.2.66/VIID/x")
    assert terms_of(elsewhere, site(tmp_path, said={"receivers": ("192.0.2.66",)}), NOW_MS)
    with pytest.raises(TermsRefused, match="https"):
        terms_of(asked(), site(tmp_path, url="https://198.51.100.7"), NOW_MS)


def test_what_the_site_file_allows_no_more_ends(tmp_path: Path) -> None:
    terms = terms_of(asked(), site(tmp_path), NOW_MS)
    assert still_lawful(terms, site(tmp_path))
    for other in ({"enabled": False}, {"device": ()}, {"url": "http://192.0.2.66"}):
        assert not still_lawful(terms, site(tmp_path, **other))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"SubscribeListObject":{"SubscribeObject":[]}}', b"\xff"]
)
def test_what_is_no_request_is_said_so(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        items_of(body)


@pytest.mark.parametrize(
    "item", [b"{}", b"1", b'{"SubscribeID":"../x"}', b'{"SubscribeID":"1","EndTime":"x"}']
)
def test_what_is_no_subscription_is_said_so(item: bytes) -> None:
    with pytest.raises(InvalidMessage):
        asked_of(item)
