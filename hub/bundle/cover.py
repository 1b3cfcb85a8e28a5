"""What stands on a bundle's cover, Chinese first: one content for the page and the PDF. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from contract.things import Words
from hub.bundle.progress import Done
from hub.bundle.source import Facts, Source, SourceClock, Step, TableSpec
from hub.bundle.times import short

MOST_MOMENTS: Final = 500
"""Lines of the timeline."""


class Both(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str = ""

    def joined(self, between: str = "  ") -> str:
        """Write both, one behind the other."""
        return f"{self.zh}{between}{self.en}" if self.en else self.zh


class Table(NamedTuple):
    """A table: `widths` of its columns stand to one another so, `note` below it."""

    title: Both
    head: Sequence[Both]
    rows: Sequence[Sequence[Both]]
    widths: Sequence[int]
    note: Both = Both("")


class Cover(NamedTuple):
    """Everything on it. `bars`: rows in each part of the time from `first` to `last`."""

    title: Both
    site: Both
    lines: Sequence[tuple[Both, Both]]
    tables: Sequence[Table]
    bars: Sequence[int]
    span: tuple[str, str]
    note: Both


def cover(facts: Facts, source: Source, done: Done, fingerprint: str) -> Cover:
    """Put the cover together when all rows are read."""
    zone = ZoneInfo(facts.timezone)
    return Cover(
        title=Both(f"数据披露包 {facts.number}", f"Disclosure {facts.number}"),
        site=both(facts.site),
        lines=_lines(facts, zone, fingerprint),
        tables=[
            _contents(source.tables(), done, zone),
            _withheld(source),
            _timeline(source, zone),
            _steps(facts, zone),
            _clocks(source.clocks(), zone),
        ],
        bars=done.bars,
        span=(short(facts.from_ms, zone), short(facts.to_ms, zone)),
        note=Both(
            f"时间均为 {facts.timezone} 当地时间，另有说明者除外。核对方法见 README.txt。",
            f"Times are those of {facts.timezone}. README.txt says how to check this bundle.",
        ),
    )


def both(words: Words) -> Both:
    """Return a text of the product's; one language stands for both where there is no other."""
    first = next(iter(words.values()), "")
    zh = words.get("zh-CN", first)
    english = words.get("en", first)
    return Both(zh, "" if english == zh else english)


def _lines(facts: Facts, zone: ZoneInfo, fingerprint: str) -> list[tuple[Both, Both]]:
    officers = "、".join(f"{each.name}（{each.number}）" for each in facts.officers)
    document = both(facts.document)
    asked = f"{facts.requested_by} · {short(facts.requested_ms, zone)}"
    decided = f"{facts.decided_by} · {short(facts.decided_ms, zone)}"
    return [
        (Both("案件编号", "Case"), Both(facts.case_number)),
        (Both("调取单位", "Unit"), Both(facts.unit)),
        (Both("办案人员（警号）", "Officers (number)"), Both(officers)),
        (Both("法律依据", "Legal basis"), both(facts.basis_title)),
        (Both("文书", "Document"), Both(f"{document.zh} {facts.document_number}", document.en)),
        (Both("用途", "Purpose"), Both(facts.purpose)),
        (Both("调取范围", "Scope"), both(facts.scope)),
        (Both("申请人", "Requested by"), Both(asked)),
        (Both("批准人", "Released by"), Both(f"{decided} {facts.decision_reason}".rstrip())),
        (Both("制作时间", "Made"), Both(short(facts.made_ms, zone))),
        (Both("软件版本", "Software"), Both(facts.software)),
        (Both("公钥指纹", "Key fingerprint"), Both(" ".join(groups(fingerprint)))),
    ]


def groups(digest: str) -> list[str]:
    """Return hexadecimal digits as people compare them by eye: eight at a time."""
    return [digest[at : at + 8] for at in range(0, len(digest), 8)]


def _contents(tables: Sequence[TableSpec], done: Done, zone: ZoneInfo) -> Table:
    rows = []
    for each in tables:
        made = done.tables[each.name]
        span = [Both("" if at is None else short(at, zone)) for at in (made.first_at_ms, made.last_at_ms)]
        rows.append([both(each.title), Both(f"data/{each.name}.*"), Both(f"{made.rows:,}"), *span])
    head = [
        Both("数据", "Data"),
        Both("文件", "Files"),
        Both("行数", "Rows"),
        Both("最早", "First"),
        Both("最晚", "Last"),
    ]
    return Table(Both("包内数据", "What is in it"), head, rows, (36, 36, 20, 34, 34))


def _withheld(source: Source) -> Table:
    rows = [[Both(each.what), Both(f"{each.number:,}"), both(each.why)] for each in source.withheld()]
    head = [Both("内容", "What"), Both("数量", "Number"), Both("原因", "Why")]
    return Table(Both("未提供的内容", "What was withheld"), head, rows, (35, 20, 105))


def _timeline(source: Source, zone: ZoneInfo) -> Table:
    moments = source.timeline()
    rows = [[Both(short(each.at_ms, zone)), both(each.words)] for each in moments[:MOST_MOMENTS]]
    left = len(moments) - len(rows)
    note = Both(f"另有 {left} 条未列出，见 data/。", f"{left} more are in data/.") if left else Both("")
    return Table(
        Both("时间线", "Timeline"), [Both("时间", "Time"), Both("事项", "What")], rows, (32, 128), note
    )


def _steps(facts: Facts, zone: ZoneInfo) -> Table:
    rows = [
        [Both(text) for text in (str(each.n), short(each.at_ms, zone), each.who, _said(each))]
        for each in facts.steps
    ]
    head = [Both("序号", "No."), Both("时间", "Time"), Both("人员", "Who"), Both("事项", "What")]
    return Table(Both("流转记录", "Chain of custody"), head, rows, (14, 34, 42, 70))


def _said(step: Step) -> str:
    return " · ".join([step.what, *(f"{name}: {value}" for name, value in step.details.items())])


def _clocks(clocks: Sequence[SourceClock], zone: ZoneInfo) -> Table:
    unknown = Both("未测量", "not measured")
    rows = [
        [
            Both(each.source),
            unknown if each.offset_ms is None else Both(f"{each.offset_ms:+,.0f} ms"),
            unknown if each.error_ms is None else Both(f"±{each.error_ms:,.0f} ms"),
            unknown if each.measured_ms is None else Both(short(each.measured_ms, zone)),
        ]
        for each in clocks
    ]
    head = [
        Both("来源", "Source"),
        Both("时钟偏差", "Clock offset"),
        Both("误差", "Error"),
        Both("测量时间", "Measured"),
    ]
    return Table(Both("来源时钟", "Clocks of the sources"), head, rows, (50, 35, 35, 40))
