"""What Home Assistant is told of a device, and when nothing."""

from datetime import timedelta

import msgspec
import pytest

from contract.clock import ManualClock, epoch_ms
from contract.errors import InvalidMessage
from contract.messages import Availability, AvailabilityStatus, State
from contract.mqtt import Incoming
from contract.things import ActionSpec, Property, Thing, ThingModel, read_description
from contract.topics import Address
from hub.home_assistant import topics
from hub.home_assistant.commands import read_command
from hub.home_assistant.controls import controls, offered
from hub.home_assistant.entities import Subject, properties
from hub.home_assistant.settings import HomeAssistantSettings
from hub.home_assistant.showing import Showing, showing
from hub.shadows.registry import Shadows
from hub.shadows.shadow import Shadow

BED = Address("hemei", "sprinkler", "bed")
NAMES = {"zh-CN": "花坛", "en": "Bed"}
MODEL = ThingModel(
    properties={
        "flow": Property(type="number", title={"zh-CN": "流量", "en": "Flow"}, unit="l/min"),
        "depth": Property(type="number", title=NAMES, minimum=0, maximum=10),
        "level": Property(type="number", title=NAMES, minimum=0, maximum=10, stale_after_s=3600),
        "note": Property(type="string", title=NAMES),
        "not a topic": Property(type="boolean", title=NAMES),
    },
    actions={
        "reset": ActionSpec(title=NAMES),
        "run": ActionSpec(title=NAMES, input={"minutes": Property(type="number", title=NAMES)}),
        "set-depth": ActionSpec(
            title=NAMES, input={"depth": Property(type="number", title=NAMES, minimum=0, maximum=10)}
        ),
    },
    events={},
)
THING = Thing(address=BED, title=NAMES, model=MODEL)
DESCRIPTION = read_description(THING.description())


def subject(**said: object) -> Subject:
    return Subject(BED, DESCRIPTION, HomeAssistantSettings(**said))  # type: ignore[arg-type]  # a test's own


def shown(clock: ManualClock) -> Shadow:
    """Return a device that was just heard."""
    shadows = Shadows(clock, "default")
    shadow = shadows.of(BED)
    shadows.describe(shadow, DESCRIPTION)
    shadows.set_link(online=True)
    state = State(
        ts=clock.now(),
        boot=1,
        seq=1,
        properties={"flow": 2.5, "depth": 11, "level": 3, "note": "粤B·12345", "not a topic": True},
    )
    now_ms = epoch_ms(clock.now())
    shadow.apply_state(state, now_ms, retained=False, now=clock.monotonic(), wall_ms=now_ms)
    shadows.available(shadow, Availability(status=AvailabilityStatus.READY, ts=clock.now()))
    return shadow


def told(shadow: Shadow) -> Showing:
    return msgspec.json.decode(showing(shadow, None), type=Showing)


def test_only_what_is_good_and_no_free_text_is_told() -> None:
    assert told(shown(ManualClock())) == Showing(online=True, properties={"flow": 2.5, "level": 3})


def test_what_is_stale_is_told_no_more_and_the_rest_is() -> None:
    clock = ManualClock()
    shadow = shown(clock)
    clock.advance(60)
    shadow.age(clock.monotonic())
    assert told(shadow).properties == {"level": 3}


def test_only_numbers_words_and_yes_or_no_are_discovered() -> None:
    assert [each.name for each in properties(subject())] == ["flow", "depth", "level"]


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "流量"), ("en", "Flow"), ("fr", "流量")])
def test_titles_are_in_the_language_that_is_asked_for_or_chinese(language: str, title: str) -> None:
    assert properties(subject(language=language))[0].config["name"] == title


def test_nothing_is_offered_that_is_not_allowed() -> None:
    assert controls(subject()) == []


def test_an_action_whose_input_is_not_known_is_not_offered() -> None:
    assert set(offered(subject(allow=("sprinkler/bed",)))) == {"reset", "set-depth"}
    given = {"sprinkler/bed/run": {"minutes": 5}}
    there = offered(subject(allow=("sprinkler/bed",), inputs=given))
    assert there["run"] == {"minutes": 5}


def test_a_number_is_set_within_its_limits() -> None:
    made = {each.name: each for each in controls(subject(allow=("sprinkler/bed",)))}
    assert made["set-depth"].component == "number"
    assert (made["set-depth"].config["min"], made["set-depth"].config["max"]) == (0, 10)


@pytest.mark.parametrize("topic", ["homeassistant/sensor/hemei-hemei/x/config", "hemei-ha/hemei/status", "a"])
def test_a_topic_of_nobody_is_nobodys(topic: str) -> None:
    assert topics.device_of(topic, "hemei") is None


def test_an_entitys_topic_tells_whose_it_is() -> None:
    topic = topics.config("homeassistant", "sensor", BED, "a_b")
    assert topics.device_of(topic, "hemei") == BED


@pytest.mark.parametrize(
    "payload",
    [b"", b"open", b"{}", b'{"at": "2026-01-01T00:00:00", "action": "open"}', b'{"at": 5, "action": "open"}'],
)
def test_a_command_without_a_moment_is_none(payload: bytes) -> None:
    with pytest.raises(InvalidMessage, match="no command"):
        read_command(Incoming(topics.command(BED), payload, 0, False, 0))


def test_a_press_is_read() -> None:
    clock = ManualClock()
    payload = msgspec.json.encode({"at": clock.now() + timedelta(seconds=1), "action": "open"})
    assert read_command(Incoming(topics.command(BED), payload, 0, False, 0)).action == "open"
