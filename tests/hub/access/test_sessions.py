"""Signing in by password and by link; sessions end when they should."""

import asyncio

import pytest
from sqlalchemy import Engine, select

from contract.clock import ManualClock
from contract.errors import InvalidMessage
from hub.access.access import Access, SignedIn, SignInRefused
from hub.access.roles import DAY_S, HOUR_S, Permission, Role
from hub.access.schema import links, sessions, users

PASSWORD = "correct horse battery"
DESK = "192.0.2.7"


async def guard(access: Access) -> SignedIn:
    await access.create_user("li.wei", Role.GUARD, PASSWORD)
    return await access.sign_in("li.wei", PASSWORD, DESK)


async def test_a_password_begins_a_session_that_the_cookie_stands_for(access: Access) -> None:
    signed_in = await guard(access)
    assert signed_in.principal.name == "user:li.wei"
    assert signed_in.principal.role is Role.GUARD
    assert await access.by_cookie(signed_in.cookie) == signed_in.principal
    assert await access.still(signed_in.principal)


async def test_a_session_outlives_the_process(access: Access, ledger: Engine, clock: ManualClock) -> None:
    signed_in = await guard(access)
    assert await Access(ledger, clock).by_cookie(signed_in.cookie) == signed_in.principal


async def test_names_are_taken_without_regard_to_case_and_blanks(access: Access) -> None:
    await guard(access)
    assert (await access.sign_in(" Li.Wei ", PASSWORD, DESK)).principal.name == "user:li.wei"


async def test_wrong_names_and_passwords_are_refused_alike(access: Access) -> None:
    await guard(access)
    for name, password in (("li.wei", "wrong"), ("nobody", PASSWORD), ("", ""), ("x y", "")):
        with pytest.raises(SignInRefused, match="the name or the password is wrong"):
            await access.sign_in(name, password, DESK)


async def test_no_secret_is_in_the_ledger(access: Access, ledger: Engine) -> None:
    signed_in = await guard(access)
    link = await access.create_link(Role.WALL)
    token = await access.create_token("bench", Role.WALL)
    with ledger.connect() as connection:
        everything = " ".join(
            str(connection.execute(select(table)).all()) for table in (users, sessions, links)
        )
    for secret in (PASSWORD, signed_in.cookie, link, token):
        assert secret not in everything
    assert "$argon2id$" in everything


async def test_signing_out_ends_that_session_alone(access: Access) -> None:
    one = await guard(access)
    other = await access.sign_in("li.wei", PASSWORD, DESK)
    await access.by_cookie(one.cookie)
    await access.sign_out(one.principal)
    assert await access.by_cookie(one.cookie) is None
    assert not await access.still(one.principal)
    assert await access.by_cookie(other.cookie) == other.principal


async def test_an_unused_session_ends_after_its_idle_time(access: Access, clock: ManualClock) -> None:
    signed_in = await guard(access)
    clock.advance(11 * HOUR_S)
    assert await access.by_cookie(signed_in.cookie)
    clock.advance(11 * HOUR_S)
    assert await access.by_cookie(signed_in.cookie)
    clock.advance(12 * HOUR_S)
    assert await access.by_cookie(signed_in.cookie) is None


async def test_use_is_remembered_in_the_ledger(access: Access, ledger: Engine, clock: ManualClock) -> None:
    signed_in = await guard(access)
    clock.advance(11 * HOUR_S)
    await access.by_cookie(signed_in.cookie)
    clock.advance(11 * HOUR_S)
    assert await Access(ledger, clock).by_cookie(signed_in.cookie)


async def test_even_a_used_session_ends(access: Access, clock: ManualClock) -> None:
    signed_in = await guard(access)
    for _ in range(16):
        assert await access.by_cookie(signed_in.cookie)
        clock.advance(10.5 * HOUR_S)
    assert await access.by_cookie(signed_in.cookie) is None


async def test_what_is_over_is_deleted(access: Access, ledger: Engine, clock: ManualClock) -> None:
    await guard(access)
    await access.create_link(Role.WALL, lifetime_s=60)
    await access.create_token("bench", Role.WALL, lifetime_s=60)
    await access.create_token("ever", Role.WALL)
    clock.advance(DAY_S)
    access._store.prune(access._now_ms())
    with ledger.connect() as connection:
        assert not connection.execute(select(sessions)).all()
        assert not connection.execute(select(links)).all()
    assert [token.name for token in await access.tokens()] == ["ever"]


async def test_a_link_signs_in_once(access: Access) -> None:
    link = await access.create_link(Role.WALL)
    signed_in = await access.redeem(link, DESK)
    assert (signed_in.principal.name, signed_in.principal.role) == ("link:wall", Role.WALL)
    assert await access.by_cookie(signed_in.cookie) == signed_in.principal
    with pytest.raises(SignInRefused, match="used before"):
        await access.redeem(link, DESK)


async def test_a_link_used_many_times_at_once_signs_in_once(access: Access) -> None:
    link = await access.create_link(Role.GUARD)
    tries = await asyncio.gather(*(access.redeem(link, DESK) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(outcome, SignedIn) for outcome in tries) == 1
    assert sum(isinstance(outcome, SignInRefused) for outcome in tries) == 7


async def test_a_link_grows_too_old(access: Access, clock: ManualClock) -> None:
    link = await access.create_link(Role.WALL, lifetime_s=600)
    clock.advance(600)
    with pytest.raises(SignInRefused):
        await access.redeem(link, DESK)


async def test_a_link_for_somebody_gives_the_role_they_have_then(access: Access) -> None:
    await access.create_user("chen", Role.GUARD)
    await access.set_role("chen", Role.SUPERVISOR)
    link = await access.create_link(Role.GUARD, "chen")
    assert (await access.redeem(link, DESK)).principal.role is Role.SUPERVISOR


async def test_a_closed_account_can_do_nothing(access: Access) -> None:
    signed_in = await guard(access)
    link = await access.create_link(Role.GUARD, "li.wei")
    await access.set_enabled("li.wei", enabled=False)
    assert await access.by_cookie(signed_in.cookie) is None
    with pytest.raises(SignInRefused):
        await access.sign_in("li.wei", PASSWORD, DESK)
    for stale in (link, await access.create_link(Role.GUARD, "li.wei")):
        with pytest.raises(SignInRefused):
            await access.redeem(stale, DESK)


async def test_a_session_begun_while_the_account_was_being_closed_is_none(access: Access) -> None:
    await guard(access)
    await access.set_enabled("li.wei", enabled=False)
    late = await access._begin(Role.GUARD, "li.wei")
    assert await access.by_cookie(late.cookie) is None


async def test_a_new_password_ends_the_sessions_of_the_old(access: Access) -> None:
    signed_in = await guard(access)
    await access.set_password("li.wei", "another long password")
    assert await access.by_cookie(signed_in.cookie) is None
    assert await access.sign_in("li.wei", "another long password", DESK)


async def test_the_first_link_is_there_until_somebody_can_sign_in(access: Access) -> None:
    assert await access.first_link(Role.ADMIN)
    await access.create_user("zhao", Role.ADMIN, PASSWORD)
    assert await access.first_link(Role.ADMIN) is None


async def test_a_strange_name_is_refused(access: Access) -> None:
    for name in ("", "Li Wei", "李", "-x", "a" * 65, "a/b", "Admin"):
        with pytest.raises(InvalidMessage, match="no name"):
            await access.create_user(name, Role.GUARD)


async def test_accounts_say_what_is_wrong(access: Access) -> None:
    await guard(access)
    with pytest.raises(InvalidMessage, match="already"):
        await access.create_user("li.wei", Role.GUARD)
    with pytest.raises(InvalidMessage, match="there is no user"):
        await access.set_role("nobody", Role.WALL)
    with pytest.raises(InvalidMessage, match="10 to 128"):
        await access.set_password("li.wei", "short")


async def test_tenants_know_nothing_of_each_other(access: Access, ledger: Engine, clock: ManualClock) -> None:
    signed_in = await guard(access)
    token = await access.create_token("bench", Role.WALL)
    link = await access.create_link(Role.WALL)
    other = Access(ledger, clock, "other")
    assert await other.by_cookie(signed_in.cookie) is None
    assert await other.by_token(token) is None
    assert await other.users() == []
    assert await other.tokens() == []
    assert not await other.revoke_token("bench")
    with pytest.raises(SignInRefused):
        await other.sign_in("li.wei", PASSWORD, DESK)
    with pytest.raises(SignInRefused):
        await other.redeem(link, DESK)
    assert (await access.redeem(link, DESK)).principal.may(Permission.DEVICES)
