"""A source of made-up rows and pictures, the same each time it is asked, and the facts around it."""

import hashlib
from collections.abc import Iterator, Sequence
from random import Random

from hub.bundle.source import (
    Column,
    Facts,
    MediaFile,
    Moment,
    Officer,
    Row,
    SourceClock,
    Step,
    TableSpec,
    Withheld,
)

BEGIN_MS = 1_764_547_200_000  # 2025-12-01T00:00:00Z
AN_HOUR_MS = 3_600_000

PASSES = TableSpec(
    name="passes",
    title={"zh-CN": "通行记录", "en": "Passes"},
    columns=(
        Column(key="gate", zh="道闸", en="Gate"),
        Column(key="plate", zh="车牌", en="Plate"),
        Column(key="left", zh="离开时间", en="Left", kind="time"),
        Column(key="speed", zh="车速", en="Speed", kind="number"),
        Column(key="known", zh="已登记", en="Registered"),
        Column(key="note", zh="备注", en="Note"),
    ),
)
EVENTS = TableSpec(
    name="events",
    title={"zh-CN": "事件", "en": "Events"},
    columns=(Column(key="type", zh="类型", en="Type"),),
)
NOTES = ("", '=HYPERLINK("http://x")', "访客，来访 3 号楼", None, 'a,"b"\nc', "𠮷野家")


def picture(number: int, size: int) -> bytes:
    """Return bytes that begin as a JPEG does and cannot be compressed."""
    return b"\xff\xd8\xff\xe0" + Random(number).randbytes(size - 4)  # noqa: S311 - only has to be the same again


class Synthetic:
    """So many passes, of which the first so many have a picture; every second one shows the one before."""

    def __init__(self, rows: int = 40, pictures: int = 6, size: int = 900) -> None:
        self._rows, self._pictures, self._size = rows, pictures, size
        self._known: dict[int, str] = {}

    def tables(self) -> Sequence[TableSpec]:
        return (PASSES, EVENTS)

    def count(self, table: str) -> int:
        return self._rows if table == "passes" else 3

    def rows(self, table: str, after: str | None) -> Iterator[Row]:
        first = 0 if after is None else int(after) + 1
        for number in range(first, self.count(table)):
            at = BEGIN_MS + number * 997
            values = self._pass(number, at) if table == "passes" else (f"hemei.gate.{number}",)
            yield Row(
                cursor=str(number),
                values=values,
                at_ms=at,
                received_ms=at + 40,
                media=(self._digest(number),) if table == "passes" and number < self._pictures else (),
            )

    def media(self, row: Row) -> Iterator[tuple[MediaFile, bytes]]:
        content = picture(self._shown(int(row.cursor)), self._size)
        digest = hashlib.sha256(content).hexdigest()
        of = hashlib.sha256(b"original" + content).hexdigest()
        yield MediaFile(sha256=digest, of=of, masked=True, kind="picture", suffix="jpg"), content

    def withheld(self) -> Sequence[Withheld]:
        why = {"zh-CN": "依据不含旁观者", "en": "the basis does not name bystanders"}
        return (Withheld(what="plates", number=7, why=why),)

    def clocks(self) -> Sequence[SourceClock]:
        return (
            SourceClock(source="gate/east-in", offset_ms=-120.5, measured_ms=BEGIN_MS, error_ms=15.0),
            SourceClock(source="gate/west-in", offset_ms=None, measured_ms=None, error_ms=None),
        )

    def timeline(self) -> Sequence[Moment]:
        words = {"zh-CN": "车辆进入东门", "en": "A vehicle came in by the east gate"}
        return tuple(Moment(at_ms=BEGIN_MS + n * 60_000, words=words) for n in range(12))

    def _pass(self, number: int, at: int) -> tuple[str | int | float | bool | None, ...]:
        note = NOTES[number % len(NOTES)]
        return ("gate/east-in", f"浙A{number:05d}", at + 5_000, number / 7, not number % 3, note)

    def _shown(self, number: int) -> int:
        return number - number % 2 if self._pictures < 1000 else number

    def _digest(self, number: int) -> str:
        shown = self._shown(number)
        if shown not in self._known:
            self._known[shown] = hashlib.sha256(picture(shown, self._size)).hexdigest()
        return self._known[shown]


def facts(number: str = "2026-0007", rows: int = 40) -> Facts:
    """Return the facts of a made-up disclosure."""
    return Facts(
        export_id="01JEXPORT",
        number=number,
        site={"zh-CN": "和美小区", "en": "Hemei Community"},
        timezone="Asia/Shanghai",
        case_number="A3301XX2026010001",
        unit="某市公安局某某派出所",
        officers=(Officer(name="王警官", number="012345"), Officer(name="赵警官", number="012346")),
        basis="criminal",
        basis_title={"zh-CN": "刑事案件调取证据", "en": "Criminal investigation with written notice"},
        document={"zh-CN": "调取证据通知书", "en": "Notice to hand over evidence"},
        document_number="杭公调证字〔2026〕1 号",
        purpose="核查 <车辆> 出入 & 时间",
        scope={
            "zh-CN": "东门，2025-12-01 当天的通行记录与图片",
            "en": "Passes of the east gate on 2025-12-01",
        },
        query={"kinds": ["passes", "events"], "from_ms": BEGIN_MS, "pictures": True},
        from_ms=BEGIN_MS,
        to_ms=BEGIN_MS + max(AN_HOUR_MS // 60, rows * 997 + 1),
        requested_by="user:liaison.li",
        requested_ms=BEGIN_MS + 90_000_000,
        decided_by="user:supervisor.chen",
        decided_ms=BEGIN_MS + 91_000_000,
        decision_reason="手续齐全",
        steps=(
            Step(n=1, at_ms=BEGIN_MS + 90_000_000, who="user:liaison.li", what="requested"),
            Step(
                n=2,
                at_ms=BEGIN_MS + 91_000_000,
                who="user:supervisor.chen",
                what="approved",
                details={"version": 1},
            ),
        ),
        software="0.1.0",
        made_ms=BEGIN_MS + 92_000_000,
    )
