"""A ledger made by hand: a month and the one before it, whose figures can be counted on fingers."""

import json
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from contract.topics import Address
from hub.alarms.definition import Definition, Priority, Scope, Test
from hub.alarms.schema import alarms, entries
from hub.charging.schema import charging_orders
from hub.commissioning.schema import devices
from hub.history.heard import HEARD, HEARD_PROPERTY, NOBODY_KNOWS, NOT_HEARD
from hub.history.store import Sample, SeriesKey
from hub.ledger.schema import events, rejected, sequences
from hub.monthly.parts.falling import OBJECT_FALLING
from hub.months import Month, month_at
from hub.orders.kinds import OrderKind
from hub.orders.lifecycle import State
from hub.orders.order import Times, WorkOrder
from hub.orders.store import OrderStore
from hub.passes.schema import tallies
from hub.settings import Retention
from tests.hub.api.house import House, clock
from tests.hub.api.test_figures import LAWN, shows

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
MONTH: Final[Month] = month_at(clock.now_ms(), SHANGHAI).moved(-1)
BEFORE: Final[Month] = MONTH.moved(-1)
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
START: Final = MONTH.whole.start_ms
EARLIER: Final = BEFORE.whole.start_ms

AWAY: Final = Definition(
    key="camera-offline",
    title={"zh-CN": "摄像机离线", "en": "Camera offline"},
    priority=Priority.MEDIUM,
    on=Scope(kinds=("camera",)),
    raised_by=Test(connectivity=("device-offline",)),
)
HOST_LOST: Final = Definition(
    key="driver-lost",
    title={"zh-CN": "驱动失联", "en": "Driver lost"},
    priority=Priority.HIGH,
    on=Scope(kinds=("driver",)),
    raised_by=Test(connectivity=("driver-offline",)),
)
SETTINGS: Final[dict[str, Any]] = {
    "alarms": (AWAY, HOST_LOST),
    "title": {"zh-CN": "和美小区", "en": "Hemei Community"},
    "retention": Retention(raw_days=120),  # samples that come weeks late are summed up nowhere
}
REPAIR: Final = OrderKind(
    key="repair", title={"zh-CN": "维修", "en": "Repair"}, respond_min=30, resolve_min=120
)


def fill(hub: House) -> None:
    """Write it all."""
    with hub.core.engine.begin() as connection:
        _devices(connection)
        _alarms(connection)
        _orders(connection)
        _charges(connection)
        _passes(connection)
        _others(connection)
    series = SeriesKey("default", LAWN, "water-total")
    litres = ((START - HOUR, 1000.0), (START + 5 * DAY, 2500.0), (START + 20 * DAY, 3500.0))
    hub.core.history.write([Sample(series, at, value) for at, value in litres])
    _heard(hub)
    shows(hub, LAWN, **{"water-total": 9000.0})


def _heard(hub: House) -> None:
    """East was not heard for 6 h, and 12 h the month before; for a day nobody knew: the broker was away."""
    said = {
        "east": (
            (EARLIER - HOUR // 2, HEARD),
            (EARLIER + DAY, NOT_HEARD),
            (EARLIER + DAY + 12 * HOUR, HEARD),
            (START - HOUR // 2, HEARD),
            (START + DAY, NOT_HEARD),
            (START + DAY + 6 * HOUR, HEARD),
            (START + 2 * DAY, NOBODY_KNOWS),
            (START + 3 * DAY, HEARD),
        ),
        "old": ((EARLIER - HOUR // 2, HEARD), (START - HOUR // 2, HEARD)),
        "west": ((START + 10 * DAY, HEARD),),
    }
    for name, points in said.items():
        series = SeriesKey("default", Address("hemei", "camera", name), HEARD_PROPERTY)
        hub.core.history.write([Sample(series, at_ms, value) for at_ms, value in points])


def _devices(connection: Connection) -> None:
    """Three cameras, one of them found on the 11th and one taken away then; a zone that was never heard."""
    rows = (
        ("hemei/camera/east", EARLIER - DAY, None, "东门摄像机堃", "cams"),
        ("hemei/camera/west", START + 10 * DAY, None, "西门摄像机", None),
        ("hemei/camera/old", EARLIER - DAY, START + 10 * DAY, "旧摄像机", None),
        ("hemei/sprinkler/lawn", EARLIER - DAY, None, "草坪", None),
        ("hemei/driver/cams", EARLIER - DAY, None, "驱动", None),
    )
    for device, found_ms, gone_ms, title, driver in rows:
        values = {"device": device, "found_ms": found_ms, "gone_ms": gone_ms, "driver": driver}
        text = json.dumps({"zh-CN": title})
        connection.execute(insert(devices).values(tenant="default", title=text, **values))


def _alarms(connection: Connection) -> None:
    """East is away for 6 h, acknowledged after 90 s; its host for a day; another one the month before."""
    east, cams = Address("hemei", "camera", "east"), Address("hemei", "driver", "cams")
    _alarm(connection, "a1", AWAY, east, START + DAY, 6 * HOUR, acknowledged_ms=START + DAY + 90_000)
    _alarm(connection, "a2", HOST_LOST, cams, START + 2 * DAY, DAY)
    _alarm(connection, "a0", AWAY, east, EARLIER + DAY, 12 * HOUR)


def _alarm(
    connection: Connection,
    ident: str,
    definition: Definition,
    address: Address,
    raised_ms: int,
    lasted_ms: int,
    acknowledged_ms: int | None = None,
) -> None:
    over_ms = raised_ms + lasted_ms
    values = {
        "id": ident,
        "tenant": "default",
        "site": address.site,
        "device_kind": address.kind,
        "device": address.device,
        "key": definition.key,
        "dedup": ident,
        "title": json.dumps(definition.title),
        "priority": definition.priority.value,
        "kind": "condition",
        "latching": False,
        "review": False,
        "state": "normal",
        "suppression": "none",
        "active": False,
        "count": 1,
        "version": 3,
        "entries": 3,
        "raised_ms": raised_ms,
        "last_ms": raised_ms,
        "returned_ms": over_ms,
        "closed_ms": over_ms,
        "data": "{}",
        "trace": "{}",
    }
    connection.execute(insert(alarms).values(values))
    told = [
        (raised_ms, "raised"),
        (acknowledged_ms, "acknowledged"),
        (over_ms, "returned"),
        (over_ms, "closed"),
    ]
    for n, (ts_ms, kind) in enumerate(each for each in told if each[0] is not None):
        row = {
            "alarm": ident,
            "n": n + 1,
            "ts_ms": ts_ms,
            "kind": kind,
            "who": "hub",
            "note": "",
            "data": "{}",
        }
        connection.execute(insert(entries).values(tenant="default", **row))


def _orders(connection: Connection) -> None:
    """Five in time, one late, one rejected; one in the month before, in time."""
    for number in range(1, 9):
        start_ms = (EARLIER if number == 8 else START) + number * HOUR
        late, refused = number == 6, number == 7
        order = WorkOrder(
            id=f"o{number}",
            tenant="default",
            number=number,
            site="hemei",
            kind="repair",
            terms=REPAIR,
            title=REPAIR.title,
            start_ms=start_ms,
            made_ms=start_ms,
            respond=Times(near_ms=start_ms + 60_000, by_ms=start_ms + 1_800_000),
            resolve=Times(near_ms=start_ms + 60_000, by_ms=start_ms + 7_200_000),
            place="3 栋 1202 室",
            text="王芳家漏水",
            state=State.REJECTED if refused else State.CLOSED,
            responded_ms=start_ms + 60_000,
            done_ms=None if refused else start_ms + (3 if late else 1) * HOUR,
            closed_ms=start_ms + 4 * HOUR,
            satisfied=None if refused else not late,
        )
        assert OrderStore("default").insert(connection, order)


def _charges(connection: Connection) -> None:
    """Six charges of 1.5 kWh and 1.23 yuan, one of them estimated; two in the month before."""
    for number in range(8):
        end_ms = (START if number < 6 else EARLIER) + number * DAY + HOUR
        values = {
            "number": f"C{number}",
            "site": "hemei",
            "kind": "charger",
            "device": "garage-1",
            "state": "settled",
            "connector": "{}",
            "tariff": "{}",
            "provider": "free",
            "hold_fen": 0,
            "most_wh": 0,
            "longest_s": 0,
            "shown_as": f"C{number}",
            "requested_ms": end_ms - HOUR,
            "ended_ms": end_ms,
            "closed_ms": end_ms,
            "seconds": 3600,
            "energy_wh": 1500,
            "amount_fen": 123,
            "lines": "[]",
            "estimated": number == 0,
            "assumed": False,
        }
        connection.execute(insert(charging_orders).values(tenant="default", **values))


def _passes(connection: Connection) -> None:
    """Seven in at eight, six out at six, three refused; twelve at the door at eight; two were only seen."""
    eight, six = START + 2 * DAY + 8 * HOUR, START + 2 * DAY + 18 * HOUR
    rows = (
        (eight, "gate", "east-in", "passed", "in", 7),
        (six, "gate", "east-out", "passed", "out", 6),
        (six, "gate", "east-in", "refused", "in", 3),
        (six, "gate", "east-in", "seen", "in", 2),
        (eight, "door", "tower-1", "passed", "in", 12),
        (EARLIER + 9 * HOUR, "gate", "east-in", "passed", "in", 4),
    )
    names = ("hour_ms", "kind", "device", "outcome", "direction", "number")
    for row in rows:
        connection.execute(insert(tallies).values(tenant="default", **dict(zip(names, row, strict=True))))


def _others(connection: Connection) -> None:
    """Three falling objects, none before; a message refused, five events missed since ever."""
    for number in range(3):
        at_ms = START + number * DAY
        values = {"kind": "camera", "device": "east", "source": "x", "id": str(number), "payload": "{}"}
        times = {"time_ms": at_ms, "received_ms": at_ms, "site": "hemei", "type": OBJECT_FALLING}
        connection.execute(insert(events).values(tenant="default", **values, **times))
    refused = {"topic": "hemei/x", "reason": "bad", "received_ms": START + DAY, "payload": "?"}
    connection.execute(insert(rejected).values(tenant="default", **refused))
    missed = {"site": "hemei", "kind": "camera", "device": "east", "boot": "1", "missed": 5}
    connection.execute(insert(sequences).values(tenant="default", **missed))
