"""What the sending library really does: over real HTTP, with services that refuse, stall and redirect."""

import asyncio
import base64
import hashlib
import hmac
import logging
import socket
from collections.abc import Iterator
from io import StringIO

import pytest

from hub.alarms.definition import Priority
from hub.notify.courier import Courier, Outcome
from hub.notify.letter import Letter
from hub.notify.robots import NotifyDingTalkRobot, NotifyWeComRobot
from hub.notify.sender import AppriseSender, without_secrets
from tests.hub.notify.mail_sink import mail_sink
from tests.hub.notify.receiver import Receiver
from tests.waiting import eventually

LETTER = Letter(
    title="[紧急] 道闸故障",
    body="位置：东门\n现状：未确认",
    key="a1:li:raised:1:high",
    priority=Priority.HIGH,
)
KEY = "693a91f6-7abc-4bc4-97a0-0ec2sifa5aaa"
TOKEN = "0123456789abcdef" * 4
SECRET = "SEC0123456789abcdef"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give what a hub that is told to log everything logs; the test's own server is not part of it."""
    text = StringIO()
    handler, root, access = logging.StreamHandler(text), logging.getLogger(), logging.getLogger("aiohttp")
    before = (root.level, access.propagate)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    access.propagate = False
    yield text
    root.removeHandler(handler)
    root.setLevel(before[0])
    access.propagate = before[1]


async def send(address: str, limit_s: float = 5.0) -> Outcome:
    return await Courier(AppriseSender(), limit_s).take("li", address, LETTER)


async def test_webhook_carries_the_key_and_the_text(receiver: Receiver) -> None:
    assert await send(receiver.address("li")) == Outcome(ok=True)
    post = receiver.posts[0]
    assert (post.key, post.body["title"], post.body["message"]) == (LETTER.key, LETTER.title, LETTER.body)
    assert post.body["type"] == "warning"


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503, 301, 302])
async def test_what_is_not_a_plain_yes_is_a_failure(receiver: Receiver, status: int) -> None:
    """A redirected POST would arrive as a GET, answered 200, and nothing was told."""
    receiver.answers["li"] = [status]
    outcome = await send(receiver.address("li"))
    assert not outcome.ok
    assert str(status) in outcome.reason


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    outcome = await send(f"json://user:hunter22@127.0.0.1:{port}/hook-s3cret?rto=1")
    assert not outcome.ok
    assert "Connection error" in outcome.reason
    assert "hunter22" not in outcome.reason
    assert "s3cret" not in outcome.reason


async def test_one_who_takes_the_message_and_says_nothing(receiver: Receiver) -> None:
    receiver.answers["li"] = [asyncio.Event()]
    assert not (await send(receiver.address("li", "rto=0.1"))).ok


async def test_no_more_threads_than_a_few_wait_for_one_who_stalls(receiver: Receiver) -> None:
    enough = asyncio.Event()
    receiver.answers["li"] = [enough]
    courier = Courier(AppriseSender(), limit_s=0.05)
    address = receiver.address("li", "rto=60")
    reasons = [(await courier.take("li", address, LETTER)).reason for _ in range(5)]
    assert [reason.startswith("no outcome within") for reason in reasons] == [True] * 3 + [False] * 2
    assert "have not ended yet" in reasons[-1]
    assert (await Courier(AppriseSender()).take("chen", receiver.address("chen"), LETTER)).ok
    enough.set()
    await eventually(lambda: not courier._left["li"])


@pytest.mark.parametrize(
    ("answer", "ok"),
    [
        ({"errcode": 0, "errmsg": "ok"}, True),
        ({"errcode": 93000, "errmsg": "invalid webhook url"}, False),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, False),
        ({}, False),
        (200, False),
        (503, False),
    ],
)
async def test_wecom_says_in_the_body_whether_it_took_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, answer: int | dict[str, object], ok: bool
) -> None:
    base = f"http://127.0.0.1:{receiver.port}/wecom"
    monkeypatch.setattr(NotifyWeComRobot, "notify_url", base + "?key={key}")
    receiver.answers["wecom"] = [answer]
    outcome = await send(f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}")
    assert outcome.ok is ok
    assert KEY not in outcome.reason
    assert receiver.posts[0].query == {"key": KEY}
    content = receiver.posts[0].body["text"]["content"]
    assert LETTER.title in content
    assert LETTER.body.splitlines()[1] in content


async def test_mail_is_plain_text_in_utf_8() -> None:
    async with mail_sink() as sink:
        assert (await send(sink.address("li@example.com"))).ok
        mail = sink.mails[0]
        assert (mail["Subject"], mail["To"]) == (LETTER.title, "li@example.com")
        assert (mail.get_content_type(), mail.get_content().splitlines()) == (
            "text/plain",
            LETTER.body.splitlines(),
        )


async def test_mailbox_that_does_not_exist_is_a_failure() -> None:
    async with mail_sink() as sink:
        sink.refuses = "li@example.com"
        assert not (await send(sink.address("li@example.com"))).ok
        assert sink.mails == []


async def test_dingtalk_gets_a_signature_that_is_encoded_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"http://127.0.0.1:{receiver.port}/dingtalk"
    monkeypatch.setattr(NotifyDingTalkRobot, "notify_url", base + "?access_token={token}")
    receiver.answers["dingtalk"] = [{"errcode": 0}, {"errcode": 310000, "errmsg": "sign not match"}]
    assert (await send(f"dingtalk://{SECRET}@{TOKEN}")).ok
    query = receiver.posts[0].query
    signed = f"{query['timestamp']}\n{SECRET}".encode()
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert (query["sign"], query["access_token"]) == (expected, TOKEN)
    refused = await send(f"dingtalk://{SECRET}@{TOKEN}")
    assert (refused.ok, "310000" in refused.reason) == (False, True)


@pytest.mark.parametrize(
    "address",
    [
        "wecombot://" + KEY,
        f"dingtalk://{SECRET}@{TOKEN}",
        f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        "feishu://" + KEY,
        "mailtos://alarm:hunter22@example.com?smtp=smtp.example.com&to=li@example.com",
        "form://127.0.0.1/hook",
        "bark://127.0.0.1/abcdefgh",
    ],
)
def test_addresses_of_what_the_documentation_names(address: str) -> None:
    assert AppriseSender().fault(address) is None


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("hunter22", "is not an address"),
        ("nothing-known://hunter22", "is not an address"),
        ("https://example.com/hunter22", "is not an address"),
        ("wecombot://hunter 22", "is not an address"),
        ("dingtalk://", "is not an address"),
        ("json://127.0.0.1/hunter22?optional=yes", "optional=yes"),
    ],
)
async def test_wrong_addresses_are_named_without_being_quoted(address: str, says: str, log: StringIO) -> None:
    fault = AppriseSender().fault(address)
    outcome = await send(address)
    assert fault is not None
    assert says in fault
    assert outcome == Outcome(ok=False, reason=fault)
    assert "hunter" not in fault + log.getvalue()


async def test_no_log_line_holds_an_address(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, log: StringIO
) -> None:
    monkeypatch.setattr(NotifyWeComRobot, "notify_url", f"http://127.0.0.1:{receiver.port}/wecom?key={{key}}")
    await send(f"wecombot://{KEY}")
    await send(receiver.address("s3cret"))
    assert [each.path for each in receiver.posts] == ["wecom", "s3cret"]
    assert KEY not in log.getvalue()
    assert "s3cret" not in log.getvalue()


def test_a_reason_is_short_and_without_parts_of_the_address() -> None:
    text = "could not reach mail.example.com as alarm/hunter22\n" + "x" * 1000
    said = without_secrets(text, "mailtos://alarm:hunter22@mail.example.com?to=li@example.com")
    assert said.startswith("could not reach … as …/… xxx")
    assert len(said) == 300
