"""Definitions of alarms in a site file: what is right is in force, what is wrong is told."""

import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract.errors import ConfigurationError
from hemei.alarms import printed, shipped
from hemei.alarms.in_force import RESERVED
from hemei.cli import main
from hemei.private_files import write_private
from hemei.settings import hub_settings
from hemei.site import read_site
from hub.alarms.definition import Definition, Priority, by_key
from hub.selfwatch import canary
from hub.settings import HubSettings
from tests.hemei.test_check import DOOR
from tests.hemei.test_site import GOOD

ROOT = Path(__file__).parents[2]

SITE = (
    GOOD
    + DOOR
    + """
[[contact]]
id = "manager"
title = {en = "Manager"}
url_file = "secrets/manager.url"
[[post]]
id = "centre"
title = {en = "Centre"}
areas = ["east-gate"]
"""
)

OWN = """
[[alarm]]
key = "lane-hot"
title = {en = "Lane hot"}
priority = "medium"
on = {kinds = ["gate"], areas = ["east-gate"]}
raise = {property = "position", above = 50, hysteresis = 5}
on_delay_s = 60
tell = ["manager", "post:centre"]
escalate = [{after_s = 60, tell = ["manager"]}, {after_s = 120, raise_to = "high"}]
order = "equipment"
"""

LINK = """
[[alarm.link]]
action = "fire-release"
to = {kinds = ["door"]}
input = {active = true}
"""


def check(folder: Path, text: str, *options: str) -> Result:
    (folder / "site.toml").write_text(text, encoding="utf-8")
    for secret in ("hub.mqtt", "gates.mqtt", "manager.url"):
        write_private(folder / "secrets" / secret, "secret\n")
    write_private(folder / "door.key", "00112233445566778899aabbccddeeff\n")
    return CliRunner().invoke(main, ["check", str(folder / "site.toml"), *options], env={"LC_ALL": "C"})


def settings(folder: Path, text: str) -> HubSettings:
    told = check(folder, text)
    assert told.exit_code == 0, told.output
    return hub_settings(read_site(folder / "site.toml"))


def defined(folder: Path, text: str, key: str) -> Definition:
    return by_key(settings(folder, text).alarms)[key]


def test_a_site_without_a_word_about_alarms_has_those_that_ship(tmp_path: Path) -> None:
    told = settings(tmp_path, GOOD)
    assert {"gate-jammed", "smoke", "driver-lost", "device-offline"} <= set(by_key(told.alarms))
    assert "urgent-repair" in {each.key for each in told.order_kinds}
    assert (told.timezone, told.working_hours.begin) == ("Asia/Shanghai", "09:00")


def test_the_site_adds_its_own_with_whoever_deals_with_it(tmp_path: Path) -> None:
    told = settings(tmp_path, SITE + OWN + LINK)
    own = by_key(told.alarms)["lane-hot"]
    assert (own.priority, own.tell, len(own.link)) == (Priority.MEDIUM, ("manager", "post:centre"), 1)
    [contact] = told.contacts
    assert contact.url_file == str(tmp_path / "secrets" / "manager.url")
    assert [post.id for post in told.posts] == ["centre"]


def test_a_change_gives_single_fields_anew(tmp_path: Path) -> None:
    change = """
[alarm_change.door-held-open]
on_delay_s = 120
title = {en = "Left open"}
evidence = {clip = true}
"""
    shipped = defined(tmp_path, GOOD, "door-held-open")
    changed = defined(tmp_path, GOOD + change, "door-held-open")
    assert (changed.on_delay_s, changed.title["en"]) == (120, "Left open")
    assert changed.title["zh-CN"] == shipped.title["zh-CN"]
    assert (changed.evidence.clip, changed.evidence.snapshot) == (True, True)
    assert (changed.raised_by, changed.steps) == (shipped.raised_by, shipped.steps)


def test_a_shipped_one_is_switched_off(tmp_path: Path) -> None:
    off = "[alarm_change.camera-out-of-focus]\nenabled = false\n"
    assert not defined(tmp_path, GOOD + off, "camera-out-of-focus").enabled


def test_a_kind_of_order_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    kind = '[[order_kind]]\nkey = "repair"\ntitle = {en = "Repair"}\nrespond_min = 5\nresolve_min = 10\n'
    kinds = settings(tmp_path, GOOD + kind).order_kinds
    assert [each.resolve_min for each in kinds if each.key == "repair"] == [10]


CASES = [
    ("[[alarm]]", "[[alarms]]", "alarms: unknown key; did you mean alarm?"),
    ("on_delay_s", "on_delay", "[alarm lane-hot] on_delay: unknown key; did you mean on_delay_s?"),
    ("on_delay_s = 60", "on_delay_s = -1", "[alarm lane-hot] on_delay_s = -1: Expected `float` >= 0.0"),
    (
        '"medium"',
        '"severe"',
        "[alarm lane-hot] priority = 'severe': Invalid enum value 'severe'; allowed: \"cri",
    ),
    ('title = {en = "Lane hot"}', "title = {}", "[alarm lane-hot] title: is empty; allowed: a text per"),
    ("raise = {", 'raise = {event = "x", ', "[alarm lane-hot] raise: asks 2 questions (event, property)"),
    (
        'property = "position", above',
        "above",
        "[alarm lane-hot] raise: asks nothing; allowed: exactly one of",
    ),
    ("above = 50", "above = 50, equals = 3", "raise: compares by equals and above; allowed: one of equals"),
    (
        "above = 50",
        "above = 50, below = 40",
        "above = 50: no value is above that and below 40; allowed: less",
    ),
    (
        "above = 50, hysteresis = 5",
        "above = 50, below = 52, hysteresis = 5",
        "raise hysteresis = 5: is larger than the band from 50 to 52; allowed: at most 2",
    ),
    ("above = 50, hysteresis = 5", "hysteresis = 5", "raise hysteresis = 5: allowed: together with above or"),
    ("hysteresis = 5}", "where = {a = 1}}", "[alarm lane-hot] raise where: only an event has data"),
    (
        'raise = {property = "position", above = 50, hysteresis = 5}\non_delay_s = 60',
        'raise = {event = "hemei.gate.opened"}',
        "[alarm lane-hot] return: is missing: an event does not say how long it lasts; allowed: a test",
    ),
    (
        'raise = {property = "position", above = 50, hysteresis = 5}\non_delay_s = 60',
        'kind = "incident"\nlatching = true\nraise = {event = "hemei.gate.opened"}',
        '[alarm lane-hot] latching: an incident holds until a person closes it; allowed: with kind = "cond',
    ),
    (
        "priority =",
        'kind = "incident"\npriority =',
        "raise: an incident is something that happens; allowed: an",
    ),
    (
        "raise = {",
        'raise.all = [{event = "a"}, {event = "b"}]\n#',
        "raise all: two events never happen at one",
    ),
    (
        'tell = ["manager", ',
        'tell = ["managr", ',
        "[alarm lane-hot] tell = 'managr': is not there; did you mean ma",
    ),
    ("post:centre", "post:center", "tell = 'post:center': is not there; did you mean post:centre? allowed: "),
    (
        'order = "equipment"',
        'order = "equip"',
        "[alarm lane-hot] order = 'equip': is not there; did you mean eq",
    ),
    (
        'areas = ["east-gate"]}',
        'areas = ["east"]}',
        "[alarm lane-hot] on areas = 'east': is not there; did you",
    ),
    (
        'kinds = ["gate"]',
        'kinds = ["gates"]',
        "[alarm lane-hot] on kinds = 'gates': is not there; did you mean g",
    ),
    (
        'kinds = ["gate"]',
        'devices = ["gate/east"]',
        "on devices = 'gate/east': is not there; did you mean gate/e",
    ),
    (
        "after_s = 120",
        "after_s = 60",
        "escalate 2 after_s = 60: allowed: more than 60, that of the one before",
    ),
    (
        'raise_to = "high"',
        'raise_to = "low"',
        "escalate 2 raise_to = 'low': is not graver; allowed: critical, hi",
    ),
    (', raise_to = "high"', "", "[alarm lane-hot] escalate 2: does nothing; allowed: tell, raise_to or both"),
    (
        'key = "lane-hot"',
        'key = "smoke"',
        "[alarm smoke] key = 'smoke': ships with sensor; allowed: another key",
    ),
    (
        'key = "lane-hot"',
        'key = "canary"',
        "[alarm canary] key = 'canary': is the hub's own; allowed: another",
    ),
    ('key = "lane-hot"', 'key = "Lane"', "[alarm Lane] key = 'Lane': Expected `str` matching regex"),
    (
        'to = {kinds = ["door"]}',
        "to = {}",
        "link 1 to: could be anything; allowed: kinds or devices that know",
    ),
    ("[[alarm.link]]", '[[alarm.link]]\nunless = {event = "x"}', "link 1 unless: asks how the target is now"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), CASES)
def test_a_fault_names_file_key_and_what_is_allowed(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = OWN + LINK
    assert right in text
    told = check(tmp_path, SITE + text.replace(right, wrong))
    assert told.exit_code == 2
    assert told.output.startswith(f"Error: {tmp_path}/site.toml: ")
    assert said.replace("`", "") in told.output
    with pytest.raises(ConfigurationError):
        read_site(tmp_path / "site.toml")


LOOKED_UP = [
    ('"position"', '"positio"', "raise property = 'positio': is not there; did you mean position? allowed: "),
    ("above = 50", "above = 100", "raise position above = 100: allowed: from 0, with the hysteresis, to 100"),
    ("hysteresis = 5", "hysteresis = 51", "raise position above = 50: allowed: from 0, with the hyster"),
    (
        "above = 50, hysteresis = 5",
        'equals = "open"',
        "[alarm lane-hot] raise position = 'open': must be number",
    ),
    (
        'property = "position", above = 50, hysteresis = 5',
        'property = "state", equals = "opn"',
        "raise state = 'opn': must be one of closed, opening, open",
    ),
    (
        'raise = {property = "position", above = 50, hysteresis = 5}\non_delay_s = 60',
        'kind = "incident"\nraise = {event = "hemei.gate.faulted", where = {fault = "x", faul = 1}}',
        "raise where = 'faul': is not there; did you mean fault? allowed: fault",
    ),
    (
        'raise = {property = "position", above = 50, hysteresis = 5}\non_delay_s = 60',
        'kind = "incident"\nraise = {event = "hemei.door.door-forced"}',
        "raise event = 'hemei.door.door-forced': is not there;",
    ),
    (
        '"fire-release"',
        '"open"',
        "link 1 action = 'open': is not there; allowed: fire-release, hold-unlocked,",
    ),
    ("{active = true}", "{}", "link 1 input: lacks active; allowed: active"),
    ("{active = true}", "{active = 1}", "link 1 input.active = 1: must be boolean"),
    (
        "[[alarm.link]]",
        '[[alarm.link]]\nunless = {property = "fir"}',
        "link 1 unless property = 'fir': is not there; did you mean fire?",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), LOOKED_UP)
def test_what_no_data_sheet_has_is_told(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = OWN + LINK
    assert right in text
    told = check(tmp_path, SITE + text.replace(right, wrong))
    assert told.exit_code == 2
    assert said in told.output


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            "[alarm_change.door-forcd]\nreview = false\n",
            "[alarm_change] = 'door-forcd': is not there; did you",
        ),
        (
            "[alarm_change.smoke]\nlatch = true\n",
            "[alarm_change.smoke] latch: unknown key; did you mean latching",
        ),
        ('[alarm_change.smoke]\nkey = "x"\n', "[alarm_change.smoke] key: cannot be changed"),
        (
            "[alarm_change.smoke]\non_delay_s = 3e9\n",
            "[alarm_change.smoke] on_delay_s = 3000000000.0: Expected ",
        ),
        (
            '[alarm_change.smoke]\ntell = ["x"]\n',
            "[alarm_change.smoke] tell = 'x': is not there; allowed: manager",
        ),
        ("[alarm_change.smoke.evidence]\nclips = true\n", "[alarm_change.smoke.evidence] clips: unknown key"),
        (OWN + OWN, "[[alarm]] key = 'lane-hot': stands twice; allowed: once"),
        ('[[post]]\nid = "centre"\ntitle = {en = "x"}\n', "[[post]] id = 'centre': stands 2 times"),
        ('[[post]]\nid = "a"\ntitle = {en = "x"}\nareas = ["b"]\n', "[post a] areas = 'b': is not there"),
        (
            '[[post]]\nid = "a"\ntitle = {en = "x"}\nnight_from = "24:00"\n',
            "[post a] night_from = '24:00': Expected str matching",
        ),
        (
            '[[contact]]\nid = "a"\ntitle = {en = "x"}\nurl_file = "x"\npost = "c"\n',
            "[contact a] post = 'c': is not there; allowed: centre",
        ),
        (
            '[[supply]]\nid = "a"\ntitle = {en = "x"}\ndevices = ["gate/east-in"]\n',
            "[supply a] least = 3: only 1 devices hang on it",
        ),
        (
            '[[order_kind]]\nkey = "a"\ntitle = {en = "x"}\nrespond_min = 9\nresolve_min = 5\n',
            "[order_kind a] respond_min = 9: is after resolve_min; allowed: up to 5",
        ),
        (
            '[orders.working_hours]\nextra_days = ["2026-02-30"]\n',
            "[orders.working_hours] extra_days = '2026-02-30': is no day",
        ),
        ('[orders.working_hours]\nholidays = ["2026-02-30"]\n', "holidays = '2026-02-30': is no day"),
    ],
)
def test_what_is_wrong_around_the_definitions_is_told(tmp_path: Path, wrong: str, said: str) -> None:
    told = check(tmp_path, SITE + wrong)
    assert told.exit_code == 2
    assert said in told.output


def test_a_time_zone_that_is_none_is_told(tmp_path: Path) -> None:
    told = check(tmp_path, SITE.replace("[site]", '[site]\ntimezone = "Asia/Shangai"'))
    assert "[site] timezone = 'Asia/Shangai': is not there; did you mean Asia/Shanghai?" in told.output


def test_the_address_of_a_contact_is_a_secret(tmp_path: Path) -> None:
    check(tmp_path, SITE)
    text = SITE.replace("secrets/manager.url", "open.url")
    write_private(tmp_path / "open.url", "json://x\n", mode=0o644)
    told = check(tmp_path, text)
    assert "[contact manager] url_file = 'open.url': mode 0644 lets others read the secret" in told.output


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    wrong = (
        OWN.replace('"manager", ', '"x", ')
        .replace('"equipment"', '"y"')
        .replace("after_s = 120", "after_s = 1")
    )
    lines = check(tmp_path, SITE + wrong + "[alarm_change.z]\n").output.splitlines()
    assert len(lines) == 4


def alarm(key: str, raised_by: str, *links: str) -> str:
    text = f'[[alarm]]\nkey = "{key}"\ntitle = {{en = "x"}}\npriority = "low"\nraise = {raised_by}\n'
    return text + "".join(f"[[alarm.link]]\n{link}\n" for link in links)


ROUND = (
    alarm(
        "gate-up",
        '{property = "state", equals = "open"}',
        'action = "unlock"\nto = {kinds = ["door"]}',
    ).replace("raise", 'on = {kinds = ["gate"]}\nraise'),
    alarm(
        "door-free",
        '{property = "state", in = ["unlocked", "open"]}',
        'action = "open"\nto = {devices = ["gate/east-in"]}',
    ).replace("raise", 'on = {kinds = ["door"]}\nraise'),
)


def test_a_loop_of_linked_actions_is_refused_with_all_its_parts(tmp_path: Path) -> None:
    told = check(tmp_path, SITE + "".join(ROUND))
    assert told.exit_code == 2
    [line] = told.output.splitlines()
    assert "goes round in a loop" in line
    assert "gate-up tells door to unlock, which can raise door-free (property state)" in line
    assert "door-free tells gate/east-in to open, which can raise gate-up (property state)" in line


def test_an_alarm_that_raises_itself_is_a_loop(tmp_path: Path) -> None:
    changed = (
        '[[alarm_change.door-held-open.link]]\naction = "unlock"\nto = {kinds = ["door"]}\nsame_area = true\n'
    )
    told = check(tmp_path, SITE + changed)
    assert (
        "door-held-open tells door to unlock, which can raise door-held-open (property state)" in told.output
    )


@pytest.mark.parametrize(
    ("right", "harmless"),
    [
        (
            'action = "open"\nto = {devices = ["gate/east-in"]}',
            'action = "stop"\nto = {devices = ["gate/east-in"]}',
        ),
        ('in = ["unlocked", "open"]', 'equals = "forced"'),
        ('priority = "low"', 'priority = "low"\nenabled = false'),
        ('on = {kinds = ["gate"]}', 'on = {kinds = ["gate"], except_areas = ["east-gate"]}'),
        ('on = {kinds = ["gate"]}', 'on = {kinds = ["gate"], devices = ["gate/west-in"]}'),
    ],
)
def test_what_cannot_come_back_is_no_loop(tmp_path: Path, right: str, harmless: str) -> None:
    west = GOOD[GOOD.index("[[device]]") :].replace("east-in", "west-in").replace("15020", "15021")
    text = "".join(ROUND)
    assert right in text
    told = check(tmp_path, SITE + west + text.replace(right, harmless))
    assert told.exit_code == 0, told.output


def test_of_an_action_that_nobody_described_everything_is_thought_possible(tmp_path: Path) -> None:
    unknown = alarm(
        "x", '{property = "state", equals = "open"}', 'action = "explode"\nto = {kinds = ["gate"]}'
    )
    told = check(tmp_path, SITE + unknown)
    assert "which can raise x (anything, as no causes are declared for it)" in told.output


def test_check_explains_what_is_in_force(tmp_path: Path) -> None:
    brief = check(tmp_path, SITE + OWN + "[alarm_change.smoke]\nenabled = false\n").output.splitlines()
    assert re.fullmatch(
        r"\d+ alarm definitions in force \(1 of the site's own, 1 changed, 2 switched off\)", brief[1]
    )
    table = check(tmp_path, SITE + OWN + LINK, "--alarms").output
    [row] = [line for line in table.splitlines() if "lane-hot" in line]
    for part in ("medium", "position > 50", "for 60 s", "manager, post:centre"):
        assert part in row
    assert row.split()[-1] == "1", "one gate is watched"


def test_the_hub_is_told_without_loading_a_driver(tmp_path: Path) -> None:
    check(tmp_path, SITE + OWN)
    script = (
        "import sys; from pathlib import Path; from hemei.site import read_site;"
        "from hemei.settings import hub_settings;"
        f"assert hub_settings(read_site(Path({str(tmp_path / 'site.toml')!r}))).alarms;"
        "print(sorted({'cv2', 'av', 'pymodbus', 'osdp', 'sqlalchemy', 'fastapi'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == "[]"


def test_the_page_s_examples_work(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "alarms.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    examples = "".join(block for block in blocks if "[causes" not in block)
    examples = examples.replace('[site]\ntimezone = "Asia/Shanghai" ', "# ")
    areas = "".join(f'{area} = {{en = "{area}"}}\n' for area in ("plant", "bike-shed", "building-3"))
    lane = GOOD[GOOD.index("[[device]]") :]
    more = [lane.replace("east-in", f"east-{n}").replace("15020", f"1503{n}") for n in (1, 2)]
    shed = lane.replace('"gate"', '"sprinkler"').replace("east-in", "bike-shed").replace("15020", "15040")
    shed = shed.replace("unit=1", "unit=1&channel=1")
    text = GOOD.replace("[mqtt]", f"[site.areas]\n{areas}[mqtt]", 1) + "".join(more) + shed + examples
    write_private(tmp_path / "secrets" / "duty-manager.url", "json://127.0.0.1/\n")
    told = settings(tmp_path, text)
    assert len(by_key(told.alarms)["bike-shed-smoke"].link) == 2
    assert by_key(told.alarms)["pump-room-hot"].escalate[0].raise_to is Priority.HIGH


def test_the_hub_s_own_keys_are_kept_for_it() -> None:
    assert canary.KEY in RESERVED


def test_the_page_without_a_mark_is_not_printed_in_silence() -> None:
    with pytest.raises(ValueError, match="lifecycle"):
        printed.renewed("no marks\n")


def test_a_driver_installed_beside_the_product_ships_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lift_driver"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "driver.py").write_text("raise RuntimeError('a hub imports no driver')\n", encoding="utf-8")
    text = 'kind = "lift"\n' + alarm("lift-stuck", '{property = "stuck"}')
    (folder / "alarms.toml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = [EntryPoint("lift", "lift_driver.driver:LiftDriver", shipped.ENTRY_POINTS)]
    monkeypatch.setattr(shipped, "entry_points", lambda group: points)
    found = shipped.shipped.__wrapped__()
    assert found.source["lift-stuck"] == "lift"
    assert found.definitions["lift-stuck"].on.kinds == ("lift",)
