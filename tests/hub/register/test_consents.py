"""Consents, and the proof that a withdrawn face is gone.

The terminals are played: their answers are of the shape that `contract.passes` gives.
"""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from contract.errors import InvalidMessage
from contract.lists import Face
from hub.ledger.schema import events
from hub.register.refusals import RegisterRefused
from hub.register.wanted import Window
from tests.hub.register.made import LI, LOBBY, YARD, Office


async def test_a_consent_is_in_the_list_and_in_a_history_that_only_grows(office: Office) -> None:
    made = await office.person()
    given = await office.consents(made.key)
    assert (given.face, given.face_since) == (Face.CONSENTED, office.now)
    assert office.people[made.key].face is Face.CONSENTED
    withdrawn = await office.consents(made.key, given=False, how="desk")
    assert withdrawn.face is Face.WITHDRAWN
    assert withdrawn.face_since != given.face_since, "terminals tell one from the next"
    detail = await office.register.people.get(made.key)
    assert [(each.given, each.how, each.text_version) for each in detail.consents] == [
        (False, "desk", "2026-01"),
        (True, "paper", "2026-01"),
    ]
    for statement in ("UPDATE register_consents SET given = given", "DELETE FROM register_consents"):
        with office.at.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("fields", "said", "code"),
    [
        ({}, {"text_version": ""}, "text-version-needed"),
        ({}, {"at_ms": 9_999_999_999_999}, "in-the-future"),
        ({}, {"at_ms": -62_135_640_000_000}, "bad-range"),
        ({"birth_year": 2013}, {}, "guardian-needed"),
        ({"minor": True}, {}, "guardian-needed"),
    ],
)
async def test_what_is_no_consent_is_refused(
    quick: Office, fields: dict[str, Any], said: dict[str, Any], code: str
) -> None:
    made = await quick.person(**fields)
    with pytest.raises((RegisterRefused, InvalidMessage)) as wrong:
        await quick.consents(made.key, **said)
    assert wrong.value.code == code
    assert quick.people[made.key].face is Face.NONE


async def test_a_guardian_consents_for_a_child(quick: Office) -> None:
    made = await quick.person(birth_year=2015)
    assert made.child
    given = await quick.consents(made.key, guardian="王大明")
    assert given.guardian == "王大明"
    assert (await quick.register.people.get(made.key)).consents[0].by_guardian
    assert "王大明" not in str(quick.audited())
    grown = await quick.person("李四", birth_year=2000)
    assert not grown.child
    assert (await quick.consents(grown.key)).face is Face.CONSENTED


async def test_a_face_is_proved_gone_terminal_by_terminal(office: Office) -> None:
    await office.terminal(LOBBY)
    await office.terminal(YARD)
    made = await office.person()
    await office.consents(made.key)
    withdrawn = await office.consents(made.key, given=False)
    (open_,) = (await office.register.consents.withdrawals(Window(), open_=True, person=None)).withdrawals
    assert (open_.person, open_.terminals, open_.open, open_.complete) == (made.key, 2, 2, False)
    office.clock.advance(5)
    ident = await office.removes(withdrawn, LOBBY)
    proof = await office.register.consents.proof(open_.n)
    lobby, yard = proof.removals
    assert (lobby.device, lobby.state, lobby.done, lobby.event) == (
        "door/lobby-3",
        "proven",
        office.now,
        ident,
    )
    assert (yard.state, yard.done, proof.withdrawal.open) == ("open", None, 1)
    with office.at.engine.connect() as connection:
        mine = (events.c.tenant == office.at.tenant, events.c.id == ident)
        row = connection.execute(select(events.c.seq, events.c.payload).where(*mine)).one()
    assert (lobby.event_seq, lobby.sha256) == (row.seq, hashlib.sha256(row.payload.encode()).hexdigest())
    (told,) = office.audited("face.removed")
    assert (told["n"], told["details"]["sha256"], told["about"]) == (lobby.audit, lobby.sha256, made.key)
    await office.removes(withdrawn, YARD, absent=None)
    proof = await office.register.consents.proof(open_.n)
    assert [each.state for each in proof.removals] == ["proven", "acknowledged"]
    assert (proof.withdrawal.complete, proof.withdrawal.completed) == (True, office.now)
    assert not (await office.register.consents.withdrawals(Window(), open_=True, person=None)).withdrawals
    assert office.people[made.key].face is Face.WITHDRAWN, "as long as they live here"


async def test_a_terminal_that_still_knows_a_face_is_not_done(quick: Office) -> None:
    await quick.terminal()
    made = await quick.person()
    withdrawn = await quick.consents(made.key, given=False)
    for said in ({"acknowledged": False, "absent": None}, {"acknowledged": True, "absent": False}):
        await quick.removes(withdrawn, **said)
        (view,) = (await quick.register.people.get(made.key)).withdrawals
        assert (view.open, (await quick.register.consents.proof(view.n)).removals[0].state) == (1, "refused")
    with pytest.raises(RegisterRefused) as open_:
        await quick.consents(made.key)
    assert open_.value.code == "removal-open"
    await quick.removes(withdrawn)
    await quick.removes(withdrawn)
    assert len(quick.audited("face.removed")) == 1, "the first proof stands"
    assert (await quick.consents(made.key)).face is Face.CONSENTED


async def test_each_withdrawal_has_a_proof_of_its_own(quick: Office) -> None:
    await quick.terminal()
    made = await quick.person()
    first = await quick.consents(made.key, given=False)
    await quick.removes(first)
    await quick.consents(made.key)
    second = await quick.consents(made.key, given=False)
    newer, older = (await quick.register.people.get(made.key)).withdrawals
    assert (newer.open, older.open) == (1, 0)
    await quick.removes(first, absent=True)
    assert (await quick.register.people.get(made.key)).withdrawals[0].open == 1, "that was of the first"
    await quick.removes(second)
    assert (await quick.register.people.get(made.key)).withdrawals[0].open == 0


async def test_who_leaves_stays_in_the_list_until_the_face_is_gone(office: Office) -> None:
    await office.terminal()
    made = await office.person(cards=("77",))
    given = await office.consents(made.key)
    left = await office.register.people.leave(made.key, given.version, LI, keep_vehicles=False)
    entry = office.people[made.key]
    assert (entry.face, entry.cards, entry.levels) == (Face.WITHDRAWN, (), ())
    assert entry.valid_until is not None
    detail = await office.register.people.get(made.key)
    assert (detail.listed, detail.consents[0].how) == (True, "moved-out")
    await office.removes(left)
    assert not office.people
    assert not (await office.register.people.get(made.key)).listed
    assert office.audited("person.unlisted")[0]["about"] == made.key


async def test_a_terminal_that_is_met_later_is_asked_too(office: Office) -> None:
    made = await office.person()
    withdrawn = await office.consents(made.key, given=False)
    (view,) = (await office.register.people.get(made.key)).withdrawals
    assert (view.terminals, view.complete) == (0, True)
    await office.terminal()
    await office.terminal()
    (view,) = (await office.register.people.get(made.key)).withdrawals
    assert (view.terminals, view.open) == (1, 1)
    await office.removes(withdrawn, YARD)
    (view,) = (await office.register.people.get(made.key)).withdrawals
    assert (view.terminals, view.open) == (2, 1), "one that was never described answers all the same"


async def test_a_terminal_that_is_no_more_is_waived_with_a_reason(quick: Office) -> None:
    await quick.terminal()
    made = await quick.person()
    given = await quick.consents(made.key)
    await quick.register.people.leave(made.key, given.version, LI, keep_vehicles=False)
    (view,) = (await quick.register.people.get(made.key)).withdrawals
    proof = await quick.register.consents.waive(view.n, "door/lobby-3", LI, "wiped and sold")
    assert (proof.removals[0].state, proof.removals[0].waived_why) == ("waived", "wiped and sold")
    assert proof.withdrawal.complete
    assert not quick.people
    with pytest.raises(RegisterRefused) as again:
        await quick.register.consents.waive(view.n, "door/lobby-3", LI, "again")
    assert again.value.code == "not-open"


async def test_nonsense_of_a_terminal_holds_nothing_up(quick: Office) -> None:
    await quick.terminal()
    made = await quick.person()
    withdrawn = await quick.consents(made.key, given=False)
    await quick.report("hemei.door.face-removed", LOBBY, person=7)
    await quick.removes(withdrawn, person="r-none")
    assert len(quick.audited("register.unreadable")) == 1
    await quick.removes(withdrawn, since="not a time")
    assert (await quick.register.people.get(made.key)).withdrawals[0].open == 0


async def test_the_proof_is_a_page_that_needs_nothing_else(quick: Office) -> None:
    await quick.terminal()
    made = await quick.person("<b>王芳</b>")
    withdrawn = await quick.consents(made.key, given=False)
    (view,) = (await quick.register.people.get(made.key)).withdrawals
    _, page = await quick.register.consents.page(view.n, "zh-CN", "user:li.wei")
    assert "尚有终端未证明删除" in page
    assert "&lt;b&gt;王芳" in page
    await quick.removes(withdrawn)
    sha256 = (await quick.register.consents.proof(view.n)).removals[0].sha256
    person, page = await quick.register.consents.page(view.n, "en", "user:li.wei")
    assert person == made.key
    assert sha256 is not None
    for wanted in ("Deleted on every terminal", sha256, "door/lobby-3", "deleted; asked again"):
        assert wanted in page
    for forbidden in ("<script", "http://", "https://", "src="):
        assert forbidden not in page


async def test_a_terminal_that_was_taken_away_is_asked_no_more(office: Office) -> None:
    await office.terminal()
    made = await office.person()
    await office.consents(made.key, given=False)
    office.register.removed(LOBBY)
    await office.register.look()
    (view,) = (await office.register.people.get(made.key)).withdrawals
    assert view.open == 1, "what it owes it owes"
    other = await office.person("李四")
    await office.consents(other.key, given=False)
    (view,) = (await office.register.people.get(other.key)).withdrawals
    assert view.terminals == 0
    await office.terminal()
    (view,) = (await office.register.people.get(other.key)).withdrawals
    assert view.open == 1, "it is back"
