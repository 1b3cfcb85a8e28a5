"""Charging orders as a spreadsheet gets them."""

import csv
import io

import msgspec
import pytest

from hub.charging.sheet import charging_sheet, grouped, yuan
from hub.charging.view import StaffChargingOrder

ORDER = {
    "number": "2611240123456789",
    "state": "settled",
    "connector": {"title": {"zh-CN": "=1+1", "en": "x"}, "area": None, "vehicle": "car", "max_power": None},
    "requested_at": "2026-11-24T01:02:03.004Z",
    "started_at": None,
    "ended_at": None,
    "seconds": 60,
    "energy_wh": 8000,
    "power_w": None,
    "soc": None,
    "stale": False,
    "amount_fen": 1234,
    "lines": [],
    "free": False,
    "provider": "prepaid",
    "hold_fen": 0,
    "balance_fen": None,
    "why": "stopped",
    "estimated": True,
    "problem": {"code": "end-not-reported", "detail": "x"},
    "tariff": {"title": {}, "free": False, "periods": [], "now": 0},
    "device": "charger/a",
    "account": None,
    "transaction": None,
    "placed": True,
    "stopped_by": "user:li.wei",
}


def test_what_somebody_named_becomes_no_formula_and_numbers_stay_whole() -> None:
    text = charging_sheet([msgspec.convert(ORDER, StaffChargingOrder)])
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text[1:]))
    assert row["connector"] == "'=1+1 / x"
    assert row["number"] == "2611 2401 2345 6789"
    assert (row["amount_fen"], row["amount_yuan"], row["estimated"]) == ("1234", "12.34", "yes")
    assert (row["problem"], row["account"]) == ("end-not-reported", "")


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (7, "0.07"), (-5, "-0.05"), (-1234, "-12.34")])
def test_money_is_written_to_the_fen(fen: int, text: str) -> None:
    assert yuan(fen) == text


def test_an_order_s_number_is_a_text() -> None:
    assert grouped("0000000000000001") == "0000 0000 0000 0001"
