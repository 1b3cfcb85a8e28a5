"""The door driver and readers that we did not write (libosdp), over a real host and broker."""

from pathlib import Path

from contract.messages import Event, Result
from drivers.door import events
from drivers.door.pins import hashed
from tests.broker import Mosquitto
from tests.drivers.door.third_party import (
    ALICE,
    CONTACT,
    EXIT,
    FIRE,
    KEY,
    STRANGER,
    door,
    house,
)
from tests.drivers.stage import HOST_ADDRESS, succeeded
from tests.waiting import eventually

OPENS_WITHIN_S = 0.5
"""Between card and strike; what people feel as at once."""


def code(result: Result) -> tuple[str, str | None]:
    return result.status.value, result.error.code if result.error else None


async def test_a_known_card_opens_and_a_stranger_does_not(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        await home.shows(secure_channel=True, locked=True, contact_open=False, state="closed", credentials=2)
        home.readers.card(ALICE)
        granted = await home.event(events.GRANTED)
        assert granted.data == {
            "credential": "c-alice",
            "holder": "r-17",
            "pin": False,
            "means": "card",
            "direction": "unknown",
        }
        await home.shows(locked=False, state="unlocked")
        home.readers.input(CONTACT, on=True)
        opened = await home.event(events.OPENED)
        assert opened.data == {"cause": "card"}
        home.readers.input(CONTACT, on=False)
        await home.event(events.CLOSED)
        await home.shows(locked=True, state="closed")
        home.readers.card(STRANGER)
        denied = await home.event(events.DENIED)
        assert denied.data["reason"] == "unknown-card"
        assert denied.data["card-ending"] == str(STRANGER)[-4:]
        await eventually(lambda: home.readers.seen("led", colour=1) and home.readers.seen("buzzer", times=2))
        assert len(home.readers.seen("output")) == 1


async def test_it_opens_without_hub_and_broker_and_tells_in_order(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        await home.shows(state="closed")
        await mosquitto.kill()
        waits = []
        for count in range(1, 6):
            home.readers.card(ALICE)
            told = await eventually(
                lambda count=count: (
                    (seen := home.readers.seen("output"))  # type: ignore[misc]  # bound now
                    and len(seen) >= count
                    and seen
                )
            )
            waits.append(told[-1]["at"] - home.readers.seen("card")[-1]["at"])
        home.readers.card(STRANGER)
        home.readers.input(CONTACT, on=True)
        home.readers.input(CONTACT, on=False)
        await eventually(lambda: home.readers.seen("led", colour=1))
        await home.broker_returns()
        await home.event(events.CLOSED)
        assert max(waits) < OPENS_WITHIN_S, waits
        kept = {event.id: event for event in home.ear.all(Event, door(1))}
        ordered = sorted(kept.values(), key=lambda event: event.outboxnumber or 0)
        expected = [*[events.GRANTED] * 5, events.DENIED, events.OPENED, events.CLOSED]
        assert [event.type for event in ordered] == expected
        assert [event.sequence for event in ordered] == list(range(1, 9))


async def test_a_card_with_wrong_parity_is_no_card(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        home.readers.tell(address=1, card="ffffff80", bits=26)
        denied = await home.event(events.DENIED)
        assert denied.data["reason"] == "unreadable-card"
        await home.ear.property(HOST_ADDRESS, "malformed", 1)


async def test_fire_at_the_reader_releases_the_door_that_is_configured_for_it(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    two = [{"address": address, "key": KEY} for address in (1, 2)]
    async with house(mosquitto, tmp_path, *two) as home:
        await home.start(home.device(1, fire_release=True), home.device(2))
        await home.shows(1, state="closed")
        await home.shows(2, state="closed")
        await mosquitto.kill()
        for address in (1, 2):
            home.readers.input(FIRE, on=True, address=address)
        await eventually(lambda: home.readers.seen("output", code=2))
        await home.broker_returns()
        await home.shows(1, mode="fire", locked=False)
        released = await home.event(events.FIRE_RELEASED)
        assert released.data == {"by-contact": True}
        await home.shows(2, fire=True, mode="normal", locked=True)
        assert code(await home.do("lock")) == ("refused", "fire")
        home.readers.input(FIRE, on=False)
        await home.shows(1, mode="normal", locked=True)
        refused = await home.ear.do(door(2), "fire-release", {"active": True})
        assert code(refused) == ("refused", "not-configured")
        assert not home.readers.seen("output", address=2)


async def test_fire_and_hold_outlive_a_restart(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        device = home.device(fire_release=True)
        await home.start(device)
        assert succeeded(await home.do("hold-unlocked", hold=True))
        assert succeeded(await home.do("fire-release", active=True))
        await home.stop()
        await home.start(device)
        await home.shows(mode="fire", locked=False)
        assert code(await home.do("hold-unlocked", hold=False)) == ("refused", "fire")
        home.readers.input(CONTACT, on=True)
        assert (await home.event(events.OPENED)).data == {"cause": "fire"}
        assert succeeded(await home.do("fire-release", active=False))
        await home.shows(mode="held-unlocked", locked=False)
        assert succeeded(await home.do("lock"))
        await home.shows(mode="normal", locked=True)


async def test_forced_and_held_open(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start(home.device(held_open_s=1.5))
        await home.shows(state="closed")
        home.readers.input(CONTACT, on=True)
        await home.event(events.FORCED)
        await home.shows(state="forced")
        home.readers.input(CONTACT, on=False)
        await home.event(events.CLOSED)
        home.readers.input(EXIT, on=True)
        await home.event(events.REQUEST_TO_EXIT)
        await eventually(lambda: home.readers.seen("output", code=5))
        home.readers.input(EXIT, on=False)
        home.readers.input(CONTACT, on=True)
        assert (await home.event(events.OPENED)).data == {"cause": "exit"}
        await home.event(events.HELD_OPEN)
        home.readers.input(CONTACT, on=False)
        await home.event(events.HELD_OPEN_ENDED)
        await home.event(events.CLOSED, 2)


async def test_tamper_and_power(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start(home.device(look_s=60))
        await home.shows(state="closed")
        home.readers.tell(address=1, tamper=1)
        await home.event(events.TAMPER)
        home.readers.tell(address=1, power=1)
        await home.event(events.POWER_FAULT)
        await home.shows(tamper=True, power_fault=True)
        home.readers.tell(address=1, tamper=0, power=0)
        await home.event(events.TAMPER_RESTORED)
        await home.event(events.POWER_RESTORED)


async def test_a_pin_beside_the_card_and_too_many_wrong_ones(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        alice = {"id": "c-alice", "card": ALICE, "levels": ["residents"], "pin": hashed("2468")}
        home.write_access(credentials=[alice])
        await home.start(home.device(wrong_tries=2))
        home.readers.card(ALICE)
        home.readers.tell(address=1, keys="99*2468\r")
        granted = await home.event(events.GRANTED)
        assert granted.data["pin"] is True
        for count in (1, 2):
            home.readers.card(ALICE)
            home.readers.tell(address=1, keys="1357\r")
            denied = await home.event(events.DENIED, count)
            assert denied.data["reason"] == "wrong-pin"
        many = await home.event(events.TOO_MANY_TRIES)
        assert many.data == {"tries": 2}
        home.readers.card(ALICE)
        assert (await home.event(events.DENIED, 3)).data["reason"] == "too-many-wrong-tries"
        assert len(home.readers.seen("output")) == 1


async def test_the_access_file_is_read_when_it_changes_and_a_broken_one_is_not_taken(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        await home.shows(access_list="good", credentials=2)
        home.access_file.write_text('{"credentials": [')
        await home.shows(access_list="broken", credentials=2)
        home.readers.card(ALICE)
        await home.event(events.GRANTED)
        home.write_access(credentials=[{"id": "c-new", "card": STRANGER, "levels": ["residents"]}])
        await home.shows(access_list="good", credentials=1)
        home.readers.card(ALICE)
        await home.event(events.DENIED)
        home.readers.card(STRANGER)
        assert (await home.event(events.GRANTED, 2)).data["credential"] == "c-new"


async def test_commands(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        await home.shows(state="closed")
        assert succeeded(await home.do("unlock"))
        assert home.readers.seen("output", code=5, timer=10)
        home.readers.input(CONTACT, on=True)
        assert (await home.event(events.OPENED)).data == {"cause": "command"}
        home.readers.input(CONTACT, on=False)
        assert succeeded(await home.do("hold-unlocked", hold=True))
        await home.shows(mode="held-unlocked", state="unlocked", locked=False)
        assert succeeded(await home.do("lock"))
        await home.shows(mode="normal", state="closed", locked=True)
        assert len(home.readers.seen("output")) == 3


async def test_a_strike_that_is_not_released_for_a_card_is_told(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        await home.shows(state="closed")
        home.readers.tell(address=1, refuses=True)
        home.readers.card(ALICE)
        failed = await home.event(events.STRIKE_FAILED)
        assert failed.data == {"cause": "card", "reason": "not-supported"}
        granted = home.events(events.GRANTED)[0]
        assert (granted.sequence or 0) < (failed.sequence or 0)
        await home.event(events.READER_ONLINE)  # a refusal ends the session; its card is told again
        home.readers.input(EXIT, on=True)
        await eventually(
            lambda: [each for each in home.events(events.STRIKE_FAILED) if each.data["cause"] == "exit"], 10
        )
        assert not home.readers.seen("output")


async def test_a_magnet_holds_from_the_start_and_again_after_it_was_released(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start(home.device(strike={"number": 0, "inverted": True}))
        await home.shows(locked=True, state="closed")
        home.readers.card(ALICE)
        await home.shows(locked=False, state="unlocked")
        await home.shows(locked=True, state="closed")
        assert [each["code"] for each in home.readers.seen("output")] == [2, 6]


async def test_a_reader_that_never_tells_of_its_output_is_locked_once(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    reader = {"address": 1, "key": KEY, "reports_output": False}
    async with house(mosquitto, tmp_path, reader) as home:
        await home.start()
        assert code(await home.do("hold-unlocked", hold=True)) == ("failed", "outcome-unknown")
        await eventually(lambda: home.readers.seen("output", code=1))
        assert code(await home.do("unlock")) == ("failed", "outcome-unknown")
        assert [each["code"] for each in home.readers.seen("output")] == [2, 1, 5], "nothing cuts it short"
