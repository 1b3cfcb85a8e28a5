"""Who is told what, and what becomes of it: the desk, the ledger and the webhook's other end are real."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine

from contract.errors import ConfigurationError, InvalidMessage
from hub.alarms.alarm import EntryKind
from hub.alarms.definition import Priority
from hub.notify.address import read_address
from hub.notify.contact import Contact
from hub.notify.lane import pause_s
from hub.notify.news import NewsKind
from hub.notify.recipients import unknown_names
from tests.hub.alarms.made import over
from tests.hub.notify.made import WANG, Shifts, contact, house, told
from tests.hub.notify.receiver import Receiver
from tests.waiting import eventually


async def test_each_contact_is_told_once_and_the_timeline_says_so(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, told("li", "zhao"), [contact("li"), contact("zhao")]) as hub:
        alarm = await hub.raise_(1)
        await hub.raise_(2)  # a repeat: counted, nobody is told
        await hub.later(3600)
        assert hub.states() == {"li raised": "sent", "zhao raised": "sent"}
        assert receiver.counts() == {f"{alarm.id}:{who}:raised:1:high": 1 for who in ("li", "zhao")}
        entries = await hub.entries(alarm, EntryKind.TOLD)
        assert sorted(
            (each.data["contact"], each.data["outcome"], each.data["attempts"]) for each in entries
        ) == [
            ("li", "sent", 1),
            ("zhao", "sent", 1),
        ]
        assert (hub.notifier.counts.sent, hub.notifier.waiting, hub.notifier.failing) == (2, 0, False)


async def test_severity_upgrade_is_told_again(ledger: Engine, receiver: Receiver) -> None:
    """docs/complaints.md, 14: keyed by alarm and state; an upgrade is news, a repeat is not.

    Somebody who wants critical alarms alone learns of it when it becomes critical.
    """
    contacts = [contact("li"), contact("boss", at_least=Priority.CRITICAL)]
    async with house(ledger, receiver, told("li", "boss"), contacts) as hub:
        alarm = await hub.raise_(1)
        assert hub.states() == {"li raised": "sent"}
        for _ in range(2):  # the second one changes nothing
            await hub.desk.escalate(alarm.id, Priority.CRITICAL, {})
            await hub.notifier.turn()
        assert hub.states() == {"li raised": "sent", "li escalated": "sent", "boss escalated": "sent"}
        assert set(receiver.counts().values()) == {1}
        assert receiver.posts[-1].body["type"] == "failure"
        assert "[特急]" in receiver.posts[-1].text


async def test_a_raise_after_acknowledgement_is_told_anew(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        alarm = await hub.raise_(1)
        await hub.acknowledge(alarm)
        await hub.later(61)
        await hub.raise_(2)
        assert len(receiver.posts) == 2
        assert "共 2 次" in receiver.posts[1].text


async def test_what_comes_and_goes_is_not_told_at_each_turn(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        for seq in range(1, 20, 2):
            await hub.raise_(seq)
            hub.clock.advance(5)
            await hub.desk.take([over(hub.definition, at_ms=hub.clock.now_ms(), event_seq=seq + 1)], seq + 1)
            hub.clock.advance(5)
        assert len(receiver.posts) == 1
        await hub.later(120)
        await hub.raise_(100)
        assert len(receiver.posts) == 2


async def test_returns_and_acknowledgements_are_told_where_asked_for(
    ledger: Engine, receiver: Receiver
) -> None:
    asked = [NewsKind.RETURNED, NewsKind.ACKNOWLEDGED]
    async with house(ledger, receiver, told("li"), [contact("li"), contact("zhao")], asked=asked) as hub:
        alarm = await hub.raise_(1)
        await hub.acknowledge(alarm)
        await hub.desk.take([over(hub.definition, at_ms=hub.clock.now_ms() + 1)], None)
        await hub.notifier.turn()
        assert hub.states() == {"li raised": "sent", "li acknowledged": "sent", "li returned": "sent"}
        assert "wang 确认" in receiver.posts[1].text
        assert "已结案" in receiver.posts[2].text
        assert receiver.posts[2].body["type"] == "success"


async def test_shelved_alarm_is_told_when_its_shelf_ends(ledger: Engine, receiver: Receiver) -> None:
    """The shelf of an earlier alarm hides the next one of its kind: that one was never told."""
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        first = await hub.raise_(1)
        end_ms = hub.clock.now_ms() + 3_600_000
        await hub.desk.shelve(first.id, first.version, WANG, "painting", end_ms)
        await hub.desk.take([over(hub.definition, at_ms=hub.clock.now_ms())], None)
        await hub.acknowledge(first)
        hub.clock.advance(60)
        second = await hub.raise_(2)
        assert second.id != first.id
        assert receiver.keys() == [f"{first.id}:li:raised:1:high"]
        hub.clock.advance(3600)
        await hub.desk.end_shelves()
        await hub.notifier.turn()
        assert receiver.keys()[1:] == [f"{second.id}:li:raised:1:high"]


async def test_alarm_that_was_told_before_its_shelf_is_told_of_again(
    ledger: Engine, receiver: Receiver
) -> None:
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        alarm = await hub.raise_(1)
        await hub.desk.shelve(alarm.id, alarm.version, WANG, "painting", hub.clock.now_ms() + 1000)
        hub.clock.advance(2)
        await hub.desk.end_shelves()
        await hub.notifier.turn()
        assert hub.states() == {"li raised": "sent", "li unhidden": "sent"}
        assert "仍未确认" in receiver.posts[1].text


async def test_child_of_a_cause_is_told_only_if_it_outlives_it(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["slow"] = [500, 200]
    contacts = [contact("li"), contact("slow")]
    async with house(ledger, receiver, told("li", "slow"), contacts) as hub:
        alarm = await hub.raise_(1)
        await hub.desk.suppress(alarm.id, "parent")
        await hub.later(600)
        assert hub.states() == {"li raised": "sent", "slow raised": "held"}
        await hub.desk.unsuppress(alarm.id)
        await hub.notifier.turn()
        assert hub.states() == {"li raised": "sent", "slow raised": "sent"}
        assert receiver.counts()[f"{alarm.id}:li:raised:1:high"] == 1


async def test_what_was_kept_back_is_dropped_once_somebody_knows(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        receiver.answers["li"] = [500]
        alarm = await hub.raise_(1)
        await hub.desk.suppress(alarm.id, "parent")
        await hub.acknowledge(alarm)
        await hub.desk.unsuppress(alarm.id)
        await hub.later(600)
        assert hub.states() == {"li raised": "dropped"}


async def test_posts_are_told_while_they_are_manned(ledger: Engine, receiver: Receiver) -> None:
    contacts = [contact("east-phone", post="east"), contact("west-phone", post="west"), contact("li")]
    async with house(
        ledger, receiver, told("post:east", "post:west", "li"), contacts, duty=Shifts("west")
    ) as hub:
        await hub.raise_(1)
        assert hub.states() == {"west-phone raised": "sent", "li raised": "sent"}


async def test_retry_doubles_up_to_five_minutes_and_fails_in_the_end(
    ledger: Engine, receiver: Receiver
) -> None:
    receiver.answers["li"] = [500]
    failing: list[tuple[str, ...]] = []
    async with house(ledger, receiver, told("li"), [contact("li", retry_for_s=600)]) as hub:
        hub.notifier.reach.on_change = failing.append
        alarm = await hub.raise_(1)
        tries = {0: 1}
        for second in range(5, 620, 5):
            await hub.later(5)
            tries[second] = len(receiver.posts)
        tried = [second for second in tries if tries[second] > tries.get(second - 5, 0)]
        assert tried == [0, 5, 15, 35, 75, 155, 315, 600]
        (entry,) = await hub.entries(alarm, EntryKind.TOLD)
        assert (entry.data["outcome"], entry.data["attempts"]) == ("failed", 8)
        assert "500" in entry.data["reason"]
        assert failing == [("li",)]  # since five minutes, and not said again at the end
        assert (hub.notifier.failing_contacts, hub.notifier.counts.failed) == (("li",), 1)
        assert len({post.key for post in receiver.posts}) == 1
    assert [pause_s(attempts) for attempts in (1, 2, 3, 7, 8, 10_000)] == [5, 10, 20, 300, 300, 300]


async def test_a_retry_says_that_it_may_be_a_repeat(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["li"] = [500, 200]
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        await hub.raise_(1)
        await hub.later(5)
        assert ["可能重复" in post.text for post in receiver.posts] == [False, True]
        assert receiver.posts[0].key == receiver.posts[1].key


async def test_contact_that_takes_messages_again_gets_all_at_once_in_order(
    ledger: Engine, receiver: Receiver
) -> None:
    """The newest shows that it works; what waited longer need not wait for its own next attempt."""
    receiver.answers["li"] = [500]
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        for seq in (1, 2, 3):
            hub.clock.advance(61)
            await hub.raise_(seq)
        for _ in range(5):
            await hub.later(300)
        receiver.answers["li"] = [200]
        before = len(receiver.posts)
        hub.clock.advance(61)
        await hub.raise_(4)
        arrived = [key.partition(":")[2] for key in receiver.keys()[before:]]
        assert arrived == [f"li:raised:{n}:high" for n in (4, 1, 2, 3)]
        assert (hub.notifier.failing, hub.notifier.waiting) == (False, 0)


async def test_contact_that_stalls_holds_up_nobody(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["dead"] = [asyncio.Event()]
    people = [contact("dead"), contact("li")]
    async with house(ledger, receiver, told("dead", "li"), people, limit_s=60.0, options="rto=60") as hub:
        turn = asyncio.create_task(hub.raise_(1))
        await eventually(lambda: hub.states().get("li raised") == "sent")
        assert hub.states()["dead raised"] == "sending"
        assert not turn.done()
        turn.cancel()


async def test_contact_that_takes_too_long_is_tried_again(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["li"] = [asyncio.Event(), 200]
    async with house(ledger, receiver, told("li"), [contact("li")], limit_s=0.2, options="rto=60") as hub:
        await hub.raise_(1)
        assert hub.states() == {"li raised": "planned"}
        hub.notifier._means.courier._limit_s = 60.0
        await hub.later(5)
        assert hub.states() == {"li raised": "sent"}
        assert len(set(receiver.keys())) == 1


async def test_contact_that_refuses_holds_up_nobody(ledger: Engine, receiver: Receiver) -> None:
    addresses = {"dead": "json://127.0.0.1:9/dead"}
    people = [contact("dead"), contact("li")]
    async with house(ledger, receiver, told("dead", "li"), people, addresses=addresses) as hub:
        await hub.raise_(1)
        assert hub.states() == {"dead raised": "planned", "li raised": "sent"}
        assert hub.notifier.counts.attempts_failed == 1


async def test_address_that_cannot_be_understood_is_a_fault_at_once(
    ledger: Engine, receiver: Receiver
) -> None:
    addresses = {"li": "hunter22"}
    async with house(ledger, receiver, told("li"), [contact("li")], addresses=addresses) as hub:
        assert hub.notifier.failing_contacts == ("li",)
        assert "hunter" not in str(hub.notifier.reach.faults())
        alarm = await hub.raise_(1)
        addresses["li"] = receiver.address("li")  # somebody puts it right
        await hub.later(5)
        assert receiver.keys() == [f"{alarm.id}:li:raised:1:high"]
        assert not hub.notifier.failing


async def test_failure_is_known_after_a_restart_until_a_test_gets_through(
    ledger: Engine, receiver: Receiver
) -> None:
    receiver.answers["li"] = [500]
    people = [contact("li", retry_for_s=1)]
    async with house(ledger, receiver, told("li"), people) as hub:
        await hub.raise_(1)
        await hub.later(5)
    async with house(ledger, receiver, told("li"), people, clock=hub.clock, tenant=hub.tenant) as hub:
        assert hub.notifier.failing_contacts == ("li",)
        assert not (await hub.notifier.test("li")).ok
        receiver.answers["li"] = [200]
        assert (await hub.notifier.test("li")).ok
        assert not hub.notifier.failing
        assert "测试" in receiver.posts[-1].text
        with pytest.raises(InvalidMessage, match="allowed: li"):
            await hub.notifier.test("nobody")


async def test_contact_that_left_the_site_file_is_not_waited_for(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["li"] = [500]
    async with house(ledger, receiver, told("li"), [contact("li")]) as hub:
        alarm = await hub.raise_(1)
    async with house(ledger, receiver, told("li"), [], tenant=hub.tenant) as hub:
        assert hub.states() == {"li raised": "failed"}
        (entry,) = await hub.entries(alarm, EntryKind.TOLD)
        assert "no such contact" in entry.data["reason"]


async def test_two_tenants_share_a_ledger(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, told("li"), [contact("li")]) as one:
        receiver.answers["li"] = [500]
        await one.raise_(1)
        receiver.answers["li"] = [200]
        async with house(ledger, receiver, told("li"), [contact("li")]) as other:
            await other.later(60)
            assert other.states() == {}
            assert len(receiver.posts) == 1


def test_names_that_nobody_has_are_said_with_what_is_allowed() -> None:
    faults = unknown_names([told("li", "lee", "post:east", "post:esat")], [contact("li")], ["east"])
    assert faults == [
        "alarm 'gate-faulted' tells 'lee', which is no contact; allowed: li, post:east",
        "alarm 'gate-faulted' tells 'post:esat', which is no contact; allowed: li, post:east",
    ]


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        (None, 0o600, "cannot be read: No such file"),
        ("json://h/hunter22", 0o644, "mode 0644"),
        ("", 0o600, "holds 0 words"),
        ("json://h/hunter22\njson://h/hunter23\n", 0o600, "holds 2 words"),
    ],
)
def test_address_file_is_a_private_file_with_one_line(
    tmp_path: Path, text: str | None, mode: int, says: str
) -> None:
    file = tmp_path / "li.url"
    if text is not None:
        file.write_text(text)
        file.chmod(mode)
    with pytest.raises(ConfigurationError, match=says) as wrong:
        read_address(Contact(id="li", title={"en": "Li"}, url_file=str(file)))
    assert "hunter" not in str(wrong.value)


def test_address_file_is_read_without_blanks(tmp_path: Path) -> None:
    file = tmp_path / "li.url"
    file.write_text("json://h/x\n")
    file.chmod(0o600)
    assert read_address(Contact(id="li", title={}, url_file=str(file))) == "json://h/x"
