"""Guessing grows slow, for one name and for one address; the right password does not help out of turn."""

import asyncio

import pytest
from sqlalchemy import Engine

from contract.clock import ManualClock
from hub.access.access import Access, SignInRefused
from hub.access.roles import Role
from hub.access.throttle import FREE_PER_ADDRESS, LONGEST_WAIT_S, Throttle, Throttled, keys

PASSWORD = "correct horse battery"


def wait_after(throttle: Throttle, user: str | None, address: str, failures: int) -> float:
    for _ in range(failures):
        throttle.attempt(keys(user, address))
    with pytest.raises(Throttled) as refused:
        throttle.attempt(keys(user, address))
    return refused.value.retry_after_s


def test_the_wait_doubles_up_to_a_limit() -> None:
    clock = ManualClock()
    throttle = Throttle(clock)
    waits = [wait_after(throttle, "li.wei", "192.0.2.1", 5)]
    for _ in range(12):
        clock.advance(waits[-1])
        waits.append(wait_after(throttle, "li.wei", "192.0.2.1", 1))
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_WAIT_S


def test_an_address_is_slowed_down_over_all_names() -> None:
    throttle = Throttle(ManualClock())
    for number in range(FREE_PER_ADDRESS):
        throttle.attempt(keys(f"user{number}", "192.0.2.1"))
    with pytest.raises(Throttled):
        throttle.attempt(keys("another", "192.0.2.1"))
    throttle.attempt(keys("another", "192.0.2.2"))


def test_a_subscriber_has_one_key_for_all_its_ipv6_addresses() -> None:
    assert keys(None, "2001:db8:1:2::1") == keys(None, "2001:db8:1:2:ffff::9")
    assert keys(None, "2001:db8:1:2::1") != keys(None, "2001:db8:1:3::1")
    assert keys(None, "::ffff:192.0.2.1") == keys(None, "192.0.2.1")
    assert keys(None, "unix") == {"address unix": FREE_PER_ADDRESS}


def test_success_forgives_the_user_and_takes_one_back_of_the_address() -> None:
    throttle = Throttle(ManualClock())
    for _ in range(4):
        throttle.attempt(keys("li.wei", "192.0.2.1"))
    throttle.succeeded(keys("li.wei", "192.0.2.1"))
    assert throttle._failures["address 192.0.2.1"].count == 3
    assert wait_after(throttle, "li.wei", "192.0.2.1", 5) == 1.0


def test_failures_are_forgotten_in_time() -> None:
    clock = ManualClock()
    throttle = Throttle(clock)
    wait_after(throttle, "li.wei", "192.0.2.1", 5)
    clock.advance(3601)
    assert wait_after(throttle, "li.wei", "192.0.2.1", 5) == 1.0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.access.throttle.MAX_KEYS", 10)
    throttle = Throttle(ManualClock())
    for number in range(50):
        throttle.attempt(keys(f"user{number}", f"192.0.2.{number}"))
    assert len(throttle._failures) == 10


async def test_the_right_password_waits_its_turn(access: Access, clock: ManualClock) -> None:
    await access.create_user("li.wei", Role.GUARD, PASSWORD)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await access.sign_in("li.wei", "wrong", "192.0.2.1")
    with pytest.raises(Throttled) as refused:
        await access.sign_in("li.wei", PASSWORD, "192.0.2.2")
    assert refused.value.retryable
    clock.advance(refused.value.retry_after_s)
    assert await access.sign_in("li.wei", PASSWORD, "192.0.2.2")


async def test_a_hundred_at_once_gain_nothing(access: Access) -> None:
    await access.create_user("li.wei", Role.GUARD, PASSWORD)
    guesses = [access.sign_in("li.wei", f"guess {number}", "192.0.2.1") for number in range(100)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(outcome, SignInRefused) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, Throttled) for outcome in outcomes) == 95


async def test_links_are_slowed_down_too(access: Access) -> None:
    for _ in range(FREE_PER_ADDRESS):
        with pytest.raises(SignInRefused):
            await access.redeem("guess", "192.0.2.1")
    with pytest.raises(Throttled):
        await access.redeem("guess", "192.0.2.1")


async def test_an_unknown_name_takes_as_long_as_a_known_one(
    ledger: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: each failed sign-in verifies exactly one hash of today's parameters."""
    from hub.access import passwords

    verified: list[str] = []
    right = type(passwords._hasher).verify

    def count(self: object, hashed: str, password: str) -> bool:
        verified.append(hashed)
        return right(passwords._hasher, hashed, password)

    monkeypatch.setattr(type(passwords._hasher), "verify", count)
    access = Access(ledger, ManualClock())
    await access.create_user("li.wei", Role.GUARD, PASSWORD)
    await access.create_user("closed", Role.GUARD, PASSWORD)
    await access.set_enabled("closed", enabled=False)
    for name in ("li.wei", "nobody", "closed", "Not A Name"):
        with pytest.raises(SignInRefused):
            await access.sign_in(name, "wrong", "192.0.2.1")
    assert len(verified) == 4
    assert {hashed.split("$")[3] for hashed in verified} == {"m=19456,t=2,p=1"}
