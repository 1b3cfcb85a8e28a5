"""Which registers a sensor has and what they mean, as data; and what of it the data sheet says.

Golden vectors of the maps in the profiles themselves: but for the SHT20 module's they are our own.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.things import ThingModel
from drivers.modbus.registers import Block, Point, plan
from drivers.sensor.driver import SensorDriver
from drivers.sensor.options import SensorOptions
from drivers.sensor.profile import FOLDER, Profile, known_profiles, load_profile
from drivers.sensor.reading import Readings, read
from drivers.sensor.words import SCALES, SensorClass

TCP = "modbus-tcp://192.0.2.10?unit=1"
WORD = st.integers(0, 0xFFFF)


def wire_of(profile: str, channel: int = 1) -> str:
    return TCP if load_profile(profile).channels is None else f"{TCP}&channel={channel}"


def options(profile: str, **more: Any) -> SensorOptions:
    more = {"wire": wire_of(profile), **more}
    if load_profile(profile).class_ is None:
        more = {"class_": SensorClass.CONTACT, **more}
    return SensorOptions(profile=profile, **more)


def model(profile: str, **more: Any) -> ThingModel:
    return SensorDriver(options(profile, **more)).model


def seen(profile: Profile, **tables: list[int]) -> Readings:
    """Read a sensor whose tables hold these values from address 0."""
    registers: dict[Point, int] = {}
    for table, values in tables.items():
        registers |= {(table, address): value for address, value in enumerate(values)}  # type: ignore[misc]  # the tables' names
    return read(profile, registers)


def test_a_smoke_detector() -> None:
    profile = load_profile("smoke")
    assert plan(profile.points()) == [Block("discrete", 0, 6), Block("input", 0, 3)]
    quiet = seen(profile, discrete=[0] * 6, input=[12, 0xFFE7, 97])
    assert not any(quiet.flags.values())
    assert quiet.values == {"smoke-density": 0.012, "temperature": -2.5, "battery": 97}
    for address, flag in enumerate(["alarm", "tamper", "fault", "low-battery", "silenced", "testing"]):
        one = seen(profile, discrete=[n == address for n in range(6)], input=[0, 0, 0])
        assert [name for name, on in one.flags.items() if on] == [flag]


def test_a_water_cable() -> None:
    wet = seen(load_profile("water-leak"), holding=[1, 0, 123])
    assert (wet.flags, wet.values) == ({"alarm": True, "fault": False}, {"leak-position": 12.3})


def test_a_manhole_has_its_contacts_in_one_word() -> None:
    low = seen(load_profile("manhole"), input=[0b101, 752, 9, 35])
    assert low.flags == {"alarm": True, "tamper": False, "low-battery": True}
    assert low.values == {"tilt": 75.2, "battery": 9, "level": 0.35}


def test_an_sht20_module() -> None:
    """Temperature before humidity, in tenths, from address 1: as such modules' sheets have it."""
    profile = load_profile("temperature-humidity")
    assert plan(profile.points()) == [Block("input", 1, 2)]
    assert seen(profile, input=[0, 0xFF9C, 605]).values == {"temperature": -10.0, "humidity": 60.5}


def test_level_and_presence() -> None:
    full = seen(load_profile("level"), holding=[2600, 0, 1])
    assert (full.flags, full.values) == ({"alarm": True}, {"level": 2.6})
    somebody = seen(load_profile("presence"), holding=[1, 320])
    assert (somebody.flags, somebody.values) == ({"presence": True}, {"illuminance": 320})


@pytest.mark.parametrize(("profile", "channels"), [("input-board", 8), ("input-word", 16)])
def test_each_channel_of_a_board_is_one_contact_and_the_board_is_read_as_a_whole(
    profile: str, channels: int
) -> None:
    board = load_profile(profile)
    assert board.channels == channels
    assert len(plan(board.points())) == 1
    for closed in range(1, channels + 1):
        bits = [channel == closed for channel in range(1, channels + 1)]
        word = [1 << (closed - 1)]
        for channel in range(1, channels + 1):
            own = board.at(channel)
            assert seen(own, discrete=bits, holding=word).flags == {"alarm": channel == closed}


def test_a_contact_that_is_closed_at_rest_is_turned_round() -> None:
    own = options("input-board", normally_closed=True).taken_apart().own
    assert seen(own, discrete=[0] * 8).flags == {"alarm": True}
    assert seen(own, discrete=[1] * 8).flags == {"alarm": False}


@pytest.mark.parametrize(
    ("profile", "tables", "nonsense"),
    [
        ("temperature-humidity", {"input": [0, 0x7FFF, 500]}, {"temperature": "3276.7 °C"}),
        ("temperature-humidity", {"input": [0, 0x8000, 0xFFFF]}, {"temperature": "-3276.8", "humidity": "%"}),
        ("manhole", {"input": [0, 0, 101, 1001]}, {"battery": "101 %", "level": "10.01 m"}),
    ],
)
def test_what_cannot_be_is_no_measurement(
    profile: str, tables: dict[str, list[int]], nonsense: dict[str, str]
) -> None:
    readings = seen(load_profile(profile), **tables)
    assert readings.nonsense.keys() == nonsense.keys()
    assert all(said in readings.nonsense[name] for name, said in nonsense.items())  # type: ignore[index]  # by its name
    assert all((value is None) == (name in nonsense) for name, value in readings.values.items())


def test_the_data_sheet_has_what_the_sensor_has() -> None:
    smoke = model("smoke")
    assert set(smoke.actions) == {"silence", "test", "reset"}
    assert {"alarm", "tamper", "fault", "low-battery", "silenced", "testing", "battery"} < set(
        smoke.properties
    )
    assert "hemei.sensor.smoke-detected" in smoke.events
    manhole = model("manhole")
    assert manhole.properties["cover"].enum == ("closed", "open")
    assert not manhole.actions
    assert {"hemei.sensor.manhole-opened", "hemei.sensor.manhole-closed", "hemei.sensor.tampered"} < set(
        manhole.events
    )
    climate = model("temperature-humidity")
    assert set(climate.properties) == {"temperature", "humidity"}
    assert (climate.actions, climate.events) == ({}, {})
    for presence in (model("presence"), model("input-board", class_=SensorClass.PRESENCE)):
        assert "alarm" not in presence.properties, "that somebody is there alarms nobody"
        assert presence.properties["presence"].title["en"] == "Presence"
        assert set(presence.events) == {"hemei.sensor.presence-detected", "hemei.sensor.presence-cleared"}
    contact = model("input-board", class_=SensorClass.WATER_LEAK)
    assert set(contact.properties) == {"alarm"}
    assert set(contact.events) == {"hemei.sensor.water-detected", "hemei.sensor.water-cleared"}


def test_limits_on_the_data_sheet_are_those_of_the_sensor() -> None:
    level = model("manhole").properties["level"]
    assert (level.unit, level.minimum, level.maximum) == ("m", 0, 10)
    assert set(level.title) == {"zh-CN", "en"}


@pytest.mark.parametrize("name", known_profiles())
def test_every_profile_that_ships_makes_a_sensor(name: str) -> None:
    sheet = model(name)
    for spec in (*sheet.properties.values(), *sheet.actions.values(), *sheet.events.values()):
        assert all(spec.title[language] for language in ("zh-CN", "en"))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"profile": "nobody's", "wire": TCP}, "water-leak"),
        ({"profile": "input-board", "wire": TCP, "class_": SensorClass.SMOKE}, "needs &channel=1 to 8"),
        ({"profile": "input-board", "wire": f"{TCP}&channel=9", "class_": SensorClass.SMOKE}, "1 to 8"),
        ({"profile": "input-board", "wire": f"{TCP}&channel=1"}, "class"),
        ({"profile": "smoke", "wire": f"{TCP}&channel=1"}, "has no channels"),
        ({"profile": "smoke", "wire": TCP, "class_": SensorClass.MANHOLE}, "is of class smoke"),
    ],
)
def test_options_that_do_not_fit_together_are_named(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        SensorOptions(**wrong)


MINE = """
title = "A detector of one's own"
class = "smoke"
[contacts]
alarm = {table = "holding", address = 0, bit = 3}
silenced = {table = "holding", address = 0, bit = 4}
[measurements]
temperature = {table = "holding", address = 1, words = 2, scale = 0.01, signed = true}
[commands]
silence = {table = "holding", address = 9, on = 256}
"""


def test_another_detector_is_data_only(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE)
    driver = SensorDriver(SensorOptions(wire=TCP, profile=str(file)))
    assert set(driver.model.actions) == {"silence"}
    assert seen(load_profile(str(file)), holding=[8, 0xFF9C, 0xFFFF]).values == {"temperature": -1.0}


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('class = "smoke"', 'class = "dragon"', "dragon"),
        ("alarm =", "alram =", "alram"),
        ("temperature =", "warmth =", "warmth"),
        (", bit = 3", "", "`bit` goes with"),
        ("address = 1, words = 2", "address = 65535, words = 2", "beyond 65535"),
        ("scale = 0.01", "scale = nan", "finite"),
        ("scale = 0.01", "lowest = 5.0, highest = 4.0", "lowest must be below highest"),
        ("silenced =", "testing =", "command silence needs the contact silenced"),
        ('class = "smoke"', "channels = 14", "do not fit into one register"),
        ("on = 256", "on = 70000", "65535"),
        ("[contacts]", "[contacts", "Expected"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_reason(
    tmp_path: Path, was: str, becomes: str, complaint: str
) -> None:
    assert was in MINE
    changed = MINE.replace(was, becomes, 1)
    if "channels" in becomes:
        changed = changed.replace("bit = 3", "bit = 3, step = 0, bit-step = 1")
    (tmp_path / "mine.toml").write_text(changed)
    with pytest.raises(ValueError, match=complaint):
        load_profile(str(tmp_path / "mine.toml"))


def test_a_profile_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('title = "Nothing"')
    with pytest.raises(ValueError, match="nothing to read"):
        load_profile(str(tmp_path / "mine.toml"))


@settings(max_examples=150, deadline=None)
@given(profile=st.sampled_from(known_profiles()), words=st.lists(WORD, min_size=16, max_size=16))
def test_whatever_the_registers_hold_it_is_read(profile: str, words: list[int]) -> None:
    own = options(profile).taken_apart().own
    readings = seen(own, discrete=[word & 1 for word in words], input=words, holding=words)
    for quantity, value in readings.values.items():
        lowest, highest = own.measurements[quantity].limits(quantity)
        assert value is None or lowest <= value <= highest
        assert (value is None) == (quantity in readings.nonsense)
        assert SCALES[quantity].lowest <= lowest < highest <= SCALES[quantity].highest


SCRAPS = [file.read_text() for file in FOLDER.glob("*.toml")]
LINES = sorted({line for scrap in SCRAPS for line in scrap.splitlines() if line})
TOML = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(LINES), max_size=12).map("\n".join),
    st.tuples(st.sampled_from(SCRAPS), st.integers(0, 800), st.text(max_size=6)).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] :]
    ),
)


@settings(max_examples=200, deadline=None)
@given(text=TOML)
def test_whatever_a_profile_says_it_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        profile = load_profile(str(file))
    except ValueError:
        return
    registers = dict.fromkeys(profile.points(), 0xFFFF)
    for channel in range(1, (profile.channels or 1) + 1):
        read(profile.at(channel), registers)
