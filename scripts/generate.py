"""Write the files that are made from the code; with --check, fail and show how they differ instead."""

import argparse
import difflib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from contract import asyncapi
from hemei.alarms import printed
from hub.api.app import openapi_document
from hub.charging.orders import lifecycle as charging_orders
from hub.disclosure import states as disclosure_states
from hub.metrics import catalogue
from hub.orders import lifecycle as work_orders_chain

ROOT = Path(__file__).resolve().parent.parent
PHILOSOPHY = "docs/alarm-philosophy.md"
WORK_ORDERS = "docs/work-orders.md"
CHARGING = "docs/charging.md"
POLICE_DESK = "docs/police-desk.md"
METRICS = "docs/metrics.md"


def asyncapi_yaml() -> str:
    """Return the text of docs/asyncapi.yaml."""
    head = "# Made by `make generate` from contract/: do not edit.\n"
    return head + yaml.safe_dump(asyncapi.document(), allow_unicode=True, sort_keys=False, width=110)


def openapi_json() -> str:
    """Return the text of docs/openapi.json."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=2) + "\n"


def alarm_philosophy() -> str:
    """Return docs/alarm-philosophy.md with its tables printed anew."""
    return printed.renewed((ROOT / PHILOSOPHY).read_text(encoding="utf-8"))


def work_orders() -> str:
    """Return docs/work-orders.md with its diagram drawn anew."""
    return _drawn_anew(WORK_ORDERS, work_orders_chain.diagram())


def charging() -> str:
    """Return docs/charging.md with its diagram drawn anew."""
    return _drawn_anew(CHARGING, charging_orders.diagram())


def police_desk() -> str:
    """Return docs/police-desk.md with its diagram drawn anew."""
    return _drawn_anew(POLICE_DESK, disclosure_states.diagram())


def metrics() -> str:
    """Return docs/metrics.md with its table printed anew."""
    before, begin, rest = (ROOT / METRICS).read_text(encoding="utf-8").partition("catalogue.py -->\n")
    _, end, after = rest.partition("<!-- end -->")
    return before + begin + "\n" + "\n".join(catalogue.table()) + "\n\n" + end + after


def _drawn_anew(name: str, diagram: str) -> str:
    before, begin, rest = (ROOT / name).read_text(encoding="utf-8").partition("```mermaid\n")
    _, end, after = rest.partition("```\n")
    return before + begin + diagram + end + after


GENERATED: dict[str, Callable[[], str]] = {
    "docs/asyncapi.yaml": asyncapi_yaml,
    "docs/openapi.json": openapi_json,
    PHILOSOPHY: alarm_philosophy,
    WORK_ORDERS: work_orders,
    CHARGING: charging,
    POLICE_DESK: police_desk,
    METRICS: metrics,
}


def difference(name: str, wanted: str) -> list[str]:
    """Return the lines of a unified diff from the file as it is to `wanted`."""
    path = ROOT / name
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    return list(
        difflib.unified_diff(
            found.splitlines(keepends=True), wanted.splitlines(keepends=True), name, f"{name} (generated)"
        )
    )


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = False
    for name, make in GENERATED.items():
        wanted = make()
        changes = difference(name, wanted)
        if not changes:
            continue
        if check:
            stale = True
            sys.stderr.writelines(changes[:200])
            sys.stderr.write(f"{name} is not what the code says: make generate\n")
        else:
            (ROOT / name).write_text(wanted, encoding="utf-8")
            sys.stderr.write(f"wrote {name}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
