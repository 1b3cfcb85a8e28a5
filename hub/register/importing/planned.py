"""What an import would do, row by row, and what is wrong with rows, in words."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.alarms.definition import Words
from hub.register.importing.view import CellProblem, ImportCounts, RowState
from hub.register.rooms import Address

PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    "too-large": ("文件过大：最多 10 MiB，请拆分后上传", "too large: split it (10 MiB at most)"),
    "too-many-rows": ("行数过多：最多 50000 行", "too many rows: 50,000 at most"),
    "too-many-columns": ("列数过多：最多 64 列", "too many columns: 64 at most"),
    "unknown-encoding": ("无法识别编码：请存为 UTF-8 或 GBK", "save it as UTF-8 or GB18030"),
    "not-a-table": ("不是可读的 CSV 或 XLSX 文件", "this is no CSV or XLSX that can be read"),
    "no-sheet": ("工作簿里没有可见的工作表", "the workbook has no visible sheet"),
    "no-header": ("找不到表头：请使用模板中的列名", "no header found: use the template's column names"),
    "no-column": ("缺少“{value}”列", "column {value!r} is missing"),
    "twice-column": ("“{value}”列出现两次", "column {value!r} is there twice"),
    "no-rows": ("表中没有数据", "the table has no rows"),
    "interrupted": ("读取被中断，请重新上传", "the reading was interrupted: upload it again"),
    "empty": ("不能为空", "must not be empty"),
    "too-long": ("过长：最多 {value} 个字符", "too long: {value} characters at most"),
    "inexact": (
        "数字过长，Excel 已丢失末位：请把该列设为文本格式后重填",
        "Excel lost digits of this number: format the column as text and type it again",
    ),
    "bad-category": (
        "“{value}”不是类别：可填 业主、员工、访客、服务",
        "{value!r} is no category: resident, staff, visitor or service",
    ),
    "bad-date": ("“{value}”不是日期：例如 2026-12-31，或 长期", "{value!r} is no date: such as 2026-12-31"),
    "bad-range": ("有效期至早于有效期自", "it ends before it begins"),
    "bad-year": ("“{value}”不是出生年份：例如 2015", "{value!r} is no year of birth: such as 2015"),
    "bad-phone": ("“{value}”不是电话号码", "{value!r} is no telephone number"),
    "bad-card": ("“{value}”不是卡号：例如 8061550 或 123,45678", "{value!r} is no card number"),
    "bad-plate": ("“{value}”不是车牌：例如 浙B12345", "{value!r} is no plate: such as 浙B12345"),
    "bad-room": ("房号不完整", "the room is not complete"),
    "no-room": ("住户需要房号", "a resident needs a room"),
    "unknown-level": ("没有通行权限“{value}”", "there is no access level {value!r}"),
    "unknown-key": ("没有编号为 {value} 的在册人员或车辆", "nobody and nothing here has the id {value}"),
    "ambiguous": (
        "同一房间或范围内有多个“{value}”：请填写编号",
        "several are called {value!r}: say which by the id column",
    ),
    "twice": ("与第 {value} 行重复", "the same as row {value}"),
    "card-twice": ("卡号与第 {value} 行相同", "the same card as in row {value}"),
    "card-taken": ("卡号已属于 {value}", "the card is {value}'s"),
    "unknown-owner": (
        "该房间没有在册人员“{value}”：请先登记",
        "nobody called {value!r} is there: add them first",
    ),
    "plate-blocked": ("车牌已被列入黑名单：请先解除", "the plate is blocked: unblock it first"),
    "changed-meanwhile": (
        "预览之后有人修改了台账，本行未导入：请重新上传",
        "somebody changed the register after the preview; this row was left out: upload it again",
    ),
}
"""What is wrong, by code: in Chinese and in English, and in both what to do."""

TO_DO: Final = frozenset({"new", "changed"})


class Planned(Struct, frozen=True, kw_only=True):
    """What becomes of a row.

    `key` and `version`: the person or vehicle that it changes, as it was seen. `fields`: what is written,
    `home`: where the household is, which is made if need be.
    """

    row: int
    state: RowState
    key: str | None = None
    version: int | None = None
    fields: dict[str, Any] = {}
    home: Address | None = None
    problems: tuple[CellProblem, ...] = ()

    @property
    def changes(self) -> list[str]:
        """The names of the fields that are written."""
        return sorted([*self.fields, *(["room"] if self.home is not None else [])])


def problem(code: str, column: str = "", value: object = "") -> CellProblem:
    """Say what is wrong."""
    chinese, english = PROBLEMS[code]
    text: Words = {"zh-CN": chinese.format(value=value), "en": english.format(value=value)}
    return CellProblem(column=column, code=code, text=text)


def digest_of(planned: Iterable[Planned]) -> str:
    """Name a plan: another one has another name."""
    digest = hashlib.sha256()
    for each in planned:
        told = (each.row, each.state, each.key, each.version, each.fields, each.home)
        digest.update(msgspec.json.encode(told, order="sorted"))
    return digest.hexdigest()


def counts_of(planned: Sequence[Planned], new_homes: int) -> ImportCounts:
    """Count what becomes of the rows."""
    states = Counter(each.state for each in planned)
    names = ("new", "changed", "unchanged", "bad", "conflict")
    return ImportCounts(rows=len(planned), households=new_homes, **{name: states[name] for name in names})  # type: ignore[index]  # the names are the states
