"""Hand-overs on a real ledger, with letters by Apprise to a real HTTP server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hub.alarms.alarm import Actor, Alarm, EntryKind
from hub.alarms.journal import Stale
from hub.ledger.transactions import Transactions
from hub.notify.letter import Writer
from hub.notify.outbox import Outbox
from hub.notify.schema import notifications
from hub.referrals.desk import Referrals, Wanted
from hub.referrals.late import KEY
from hub.referrals.referral import AFTER_CLOSING_MS, DAY_MS, Officer
from hub.referrals.refusals import ReferralOver, ReferralRefused, ReferralUnknown
from hub.referrals.settings import Grid, PoliceSettings
from hub.referrals.states import FOLLOWING, OPEN, PoliceAnswer, ReferralState
from hub.referrals.wording import Telling
from tests.hub.notify.made import WORDS, House, contact, house, told
from tests.hub.notify.receiver import Receiver

EAST = Grid(key="east", title={"zh-CN": "东门警格", "en": "East grid"}, areas=("east-gate",), contact="zhang")
LI = Actor(who="user:li", post="centre", address="192.0.2.7")
ZHANG = Officer(name="张警官", number="021345")
ANYWHERE = "198.51.100.9"


class Town:
    """A hub with its desk of hand-overs, and one alarm."""

    def __init__(self, hub: House, desk: Referrals, alarm: Alarm) -> None:
        self.hub, self.desk, self.alarm = hub, desk, alarm

    async def hand(self, **fields: Any) -> str:
        """Hand the alarm over; return the hand-over's id."""
        wanted = {"version": self.alarm.version, "grid": "east", "note": "", "address": "http://hub.example"}
        made = await self.desk.hand(self.alarm, Wanted(**(wanted | fields)), LI)
        now = await self.hub.desk.get(self.alarm.id)
        assert now is not None
        self.alarm = now
        return made.referral.id


@asynccontextmanager
async def town(
    ledger: Engine, receiver: Receiver, *, raise_it: bool = True, **given: Any
) -> AsyncIterator[Town]:
    """Start a hub."""
    async with house(ledger, receiver, told(), [contact("zhang")], **given) as hub:
        desk = Referrals(
            Transactions(ledger, hub.desk._ledger._thread),  # the one that writes
            hub.clock,
            hub.tenant,
            PoliceSettings(grid=(EAST,), public_url="https://hub.example"),
            hub.desk,
            hub.notifier,
            Telling(Writer(WORDS, {})),
        )
        hub.desk.join(desk)
        alarm = await hub.raise_() if raise_it else next(iter(hub.desk.standing().values()))
        yield Town(hub, desk, alarm)


def key_in(receiver: Receiver) -> str:
    """Return the secret of the link in the newest letter."""
    (link,) = [line for line in receiver.posts[-1].text.split("\n") if line.startswith("https://")]
    base, _, key = link.partition("#")
    assert base == "https://hub.example/police"
    return key


async def test_a_letter_says_what_it_may_and_its_link_is_kept_nowhere(
    ledger: Engine, receiver: Receiver
) -> None:
    async with town(ledger, receiver) as here:
        await here.hand(note="浙B12345 的车主李四")
        await here.hub.notifier.turn()
        (letter,) = receiver.posts
        for said in ("道闸故障", "东门 · 入口道闸", "紧急", "2026-01-01"):
            assert said in letter.text
        assert "浙B" not in letter.text
        assert "李四" not in letter.text
        key = key_in(receiver)
        referral, alarm = await here.desk.by_key(key)
        assert (referral.state, alarm.id) == (ReferralState.HANDED, here.alarm.id)
        with ledger.connect() as connection:
            texts = connection.execute(select(notifications.c.text)).scalars().all()
        assert key not in str(texts), "a link that has gone out is kept by whoever has it alone"
        (entry,) = await here.hub.entries(here.alarm, EntryKind.REFERRED)
        assert (entry.who, entry.post, entry.data["unit"]) == ("user:li", "centre", EAST.title)
        (sent,) = await here.hub.entries(here.alarm, EntryKind.TOLD)
        assert (sent.data["news"], sent.data["outcome"]) == ("referred", "sent")


async def test_receipt_and_answers_come_back_to_the_case(ledger: Engine, receiver: Receiver) -> None:
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        key, desk = key_in(receiver), here.desk
        with pytest.raises(ReferralRefused, match="receipt first"):
            await desk.answer(key, PoliceAnswer.ACCEPTED, "", ANYWHERE)
        await desk.receive(key, ZHANG, ANYWHERE)
        await desk.receive(key, ZHANG, ANYWHERE)  # the telephone heard nothing back
        with pytest.raises(ReferralRefused, match="already"):
            await desk.receive(key, Officer(name="王警官", number="021346"), ANYWHERE)
        await desk.answer(key, PoliceAnswer.ACCEPTED, "马上到", ANYWHERE)
        await desk.answer(key, PoliceAnswer.ACCEPTED, "马上到", ANYWHERE)
        after, _ = await desk.answer(key, PoliceAnswer.DEALT_WITH, "已劝离", ANYWHERE)
        assert after.state is ReferralState.DEALT_WITH
        again, _ = await desk.answer(key, PoliceAnswer.DEALT_WITH, "已劝离", ANYWHERE)
        assert again == after, "sent twice it counts once"
        with pytest.raises(ReferralOver):
            await desk.by_key(key)
        received = await here.hub.entries(here.alarm, EntryKind.REFERRAL_RECEIVED)
        answered = await here.hub.entries(here.alarm, EntryKind.REFERRAL_ANSWERED)
        assert [each.who for each in received] == ["police:east"]
        assert [(each.data["answer"], each.note) for each in answered] == [
            ("accepted", "马上到"),
            ("dealt-with", "已劝离"),
        ]
        assert "张警官" not in str((received, answered))
        (followed,) = await desk.of_alarm(here.alarm.id)
        assert (followed.referral.officer, len(followed.referral.answers)) == (ZHANG, 2)


async def test_two_officers_confirm_at_once_and_one_has_it(ledger: Engine, receiver: Receiver) -> None:
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        key = key_in(receiver)
        both = (ZHANG, Officer(name="王警官", number="021346"))
        done = await asyncio.gather(
            *(here.desk.receive(key, each, ANYWHERE) for each in both), return_exceptions=True
        )
        assert sorted(isinstance(each, ReferralRefused) for each in done) == [False, True]
        assert len(await here.hub.entries(here.alarm, EntryKind.REFERRAL_RECEIVED)) == 1


async def test_a_link_ends_with_its_time_and_when_it_is_taken_back(
    ledger: Engine, receiver: Receiver
) -> None:
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        late = key_in(receiver)
        with pytest.raises(ReferralRefused, match="has it already"):
            await here.hand()
        here.hub.clock.advance(7 * DAY_MS / 1000)
        with pytest.raises(ReferralOver):
            await here.desk.receive(late, ZHANG, ANYWHERE)
        (followed,) = await here.desk.of_alarm(here.alarm.id)
        assert followed.referral.overdue(here.hub.clock.now_ms())
        second = await here.hand()
        await here.hub.notifier.turn()
        await here.desk.revoke(here.alarm.id, second, LI, "wrong unit")
        with pytest.raises(ReferralOver):
            await here.desk.answer(key_in(receiver), PoliceAnswer.NOT_OURS, "", ANYWHERE)
        with pytest.raises(ReferralUnknown):
            await here.desk.by_key("nobodys")
        (taken,) = await here.hub.entries(here.alarm, EntryKind.REFERRAL_REVOKED)
        assert (taken.who, taken.note) == ("user:li", "wrong unit")


async def closed(here: Town) -> None:
    """Close the alarm, as a guard does, and send what follows."""
    await here.hub.acknowledge(here.alarm)
    now = await here.hub.desk.get(here.alarm.id)
    assert now is not None
    here.alarm = await here.hub.desk.close(now.id, now.version, LI, "已恢复", forced=True)
    await here.hub.notifier.turn()


async def test_whoever_was_written_to_is_told_that_the_case_is_closed_and_may_still_answer(
    ledger: Engine, receiver: Receiver
) -> None:
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        key, desk, clock = key_in(receiver), here.desk, here.hub.clock
        await closed(here)
        assert "已结案" in receiver.posts[-1].text
        assert key not in receiver.posts[-1].text
        (told,) = [
            each
            for each in await here.hub.entries(here.alarm, EntryKind.TOLD)
            if each.data["news"] == "referral-closed"
        ]
        assert (told.data["contact"], told.data["outcome"]) == ("zhang", "sent")
        clock.advance(60)
        await desk.receive(key, ZHANG, ANYWHERE)
        await desk.answer(key, PoliceAnswer.ACCEPTED, "需要录像", ANYWHERE)
        await desk.answer(key, PoliceAnswer.ACCEPTED, "需要录像", ANYWHERE)
        (late,) = here.hub.desk.standing().values()
        assert (late.key, late.data["alarm"], late.data["answer"]) == (KEY, here.alarm.id, "accepted")
        assert "需要录像" not in str(late.data)
        assert (late.area, late.address) == (here.alarm.area, here.alarm.address)
        (followed,) = await desk.of_alarm(here.alarm.id)
        assert followed.letter is not None
        assert followed.letter.news.startswith("referred:"), (
            "the letter that is followed is that with the link"
        )
        clock.advance(AFTER_CLOSING_MS / 1000)
        with pytest.raises(ReferralOver):
            await desk.answer(key, PoliceAnswer.DEALT_WITH, "", ANYWHERE)
        now_ms = clock.now_ms()
        assert not followed.referral.overdue(now_ms + 30 * DAY_MS, here.alarm.closed_ms), (
            "nobody waits any more"
        )


async def test_closing_withdraws_a_letter_that_has_not_gone_out(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["zhang"] = [500, 200]
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        await closed(here)
        await here.hub.later(3600)
        assert len(receiver.posts) == 1, "the attempt that failed"
        (followed,) = await here.desk.of_alarm(here.alarm.id)
        assert followed.letter is not None
        assert followed.letter.state == "dropped"


async def test_who_answered_for_good_is_not_told_of_the_closing(ledger: Engine, receiver: Receiver) -> None:
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        key = key_in(receiver)
        await here.desk.receive(key, ZHANG, ANYWHERE)
        await here.desk.answer(key, PoliceAnswer.DEALT_WITH, "已劝离", ANYWHERE)
        await closed(here)
        await here.desk.answer(key, PoliceAnswer.DEALT_WITH, "已劝离", ANYWHERE)  # heard nothing back
        assert len(receiver.posts) == 1
        assert here.hub.desk.standing() == {}


async def test_a_letter_that_waits_is_not_sent_once_it_is_taken_back(
    ledger: Engine, receiver: Receiver
) -> None:
    async with town(ledger, receiver) as here:
        ident = await here.hand()
        await here.desk.revoke(here.alarm.id, ident, LI, "too early")
        await here.hub.later(3600)
        assert receiver.posts == []
        (followed,) = await here.desk.of_alarm(here.alarm.id)
        assert followed.letter is not None
        assert (followed.letter.state, "#" in str(followed.letter.text)) == ("dropped", False)


async def test_what_was_seen_must_be_so_still(ledger: Engine, receiver: Receiver) -> None:
    async with town(ledger, receiver) as here:
        seen = here.alarm.version
        await here.hub.acknowledge(here.alarm)
        with pytest.raises(Stale):
            await here.hand(version=seen)
        await here.hub.notifier.turn()
        assert receiver.posts == []
        assert await here.desk.of_alarm(here.alarm.id) == []


async def test_a_letter_that_fails_is_tried_again_and_says_so(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["zhang"] = [500, 200]
    async with town(ledger, receiver) as here:
        await here.hand()
        await here.hub.notifier.turn()
        (followed,) = await here.desk.of_alarm(here.alarm.id)
        assert followed.letter is not None
        assert (followed.letter.state, followed.letter.attempts) == ("planned", 1)
        assert "500" in followed.letter.reason
        await here.hub.later(5)
        assert (await here.desk.by_key(key_in(receiver)))[0].state is ReferralState.HANDED


async def test_a_letter_that_never_arrives_is_in_the_case(ledger: Engine, receiver: Receiver) -> None:
    receiver.answers["zhang"] = [500]
    async with town(ledger, receiver) as here:
        await here.hand()
        for _ in range(30):
            await here.hub.later(300)
        (lost,) = await here.hub.entries(here.alarm, EntryKind.TOLD)
        assert lost.data["outcome"] == "failed"
        assert here.hub.notifier.failing_contacts == ("zhang",)


async def test_a_hub_killed_as_it_writes_sends_the_same_link_again(
    ledger: Engine, receiver: Receiver
) -> None:
    async with town(ledger, receiver) as here:
        await here.hand()
        tenant, clock = here.hub.tenant, here.hub.clock
        with ledger.begin() as connection:
            (planned,) = Outbox(tenant).open(connection, "zhang")
            assert Outbox(tenant).begin(connection, planned.id, clock.now_ms()) is not None
    async with town(ledger, receiver, raise_it=False, tenant=tenant, clock=clock) as again:
        await again.hub.notifier.turn()
        (letter,) = receiver.posts
        assert "May be a repeat" in letter.text or "可能重复" in letter.text
        assert (await again.desk.by_key(key_in(receiver)))[1].id == again.alarm.id


def test_whatever_follows_is_a_state_and_ends_have_nothing_after_them() -> None:
    assert set(FOLLOWING) == set(ReferralState)
    assert ReferralState.REVOKED not in OPEN
    assert all(ReferralState(each) in FOLLOWING[ReferralState.RECEIVED] for each in PoliceAnswer)
