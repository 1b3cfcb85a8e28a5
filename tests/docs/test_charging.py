"""The worked example of docs/charging.md is what the hub would bill, by the tariff that the page shows."""

import re
import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import epoch_ms
from hub.charging.settings import ChargingSettings
from hub.charging.tariff.bill import bill
from hub.charging.tariff.curve import Point, Span, curve

PAGE = (Path(__file__).parents[2] / "docs" / "charging.md").read_text(encoding="utf-8")
ZONE = ZoneInfo("Asia/Shanghai")


def moment(written: str) -> int:
    hour, minute, second = map(int, written.split(":"))
    return epoch_ms(datetime(2026, 11, 24, hour, minute, second, tzinfo=ZONE))


def test_the_worked_example_is_right() -> None:
    table = next(each for each in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[charging]" in each)
    tariff = msgspec.convert(tomllib.loads(table)["charging"], ChargingSettings).tariff_of("charger/x", "car")
    assert tariff is not None
    rows = re.findall(r"^\| (\d\d:\d\d:\d\d) \| (?:began|read|ended) \| ([\d,]+) Wh \|$", PAGE, re.MULTILINE)
    first, *read, last = [Point(moment(at), int(energy.replace(",", ""))) for at, energy in rows]
    made = bill(tariff, ZONE, curve(Span(first.at_ms, last.at_ms), read, last.energy_wh))
    shown = re.findall(
        r"^\| (?:off-)?peak \S+ \| ([\d,]+) Wh \| (\d+) fen \| .* → (\d+) fen \|$", PAGE, re.MULTILINE
    )
    assert [
        (f"{line.energy_wh:,}", str(line.energy_fen + line.service_fen), str(line.amount_fen))
        for line in made.lines
    ] == shown
    assert (
        f"| **{last.energy_wh:,} Wh** | | **{made.amount_fen} fen = {made.amount_fen / 100:.2f} yuan** |"
        in PAGE
    )
