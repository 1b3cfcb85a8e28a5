"""What columns are called, in Chinese and in English, and which a table must have. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from hub.register.importing.planned import problem
from hub.register.importing.sheet import Line
from hub.register.importing.view import CellProblem, ImportWhat

HEADER_WITHIN: Final = 10
"""Rows in which the head is looked for: a title may stand above it."""

NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "key": ("编号", "id", "人员编号", "车辆编号", "key"),
        "name": ("姓名", "Name", "名字", "业主姓名", "住户姓名", "full name"),
        "plate": ("车牌", "Plate", "车牌号", "车牌号码", "plate number"),
        "category": ("类别", "Category", "人员类别", "车辆类别", "类型", "type"),
        "building": ("楼栋", "Building", "楼栋号", "楼号", "栋", "幢", "楼"),
        "unit": ("单元", "Unit", "单元号"),
        "number": ("房号", "Room", "房间号", "房间", "室", "室号", "门牌号", "room number"),
        "phone": (
            "电话",
            "Phone",
            "手机",
            "手机号",
            "手机号码",
            "电话号码",
            "联系电话",
            "telephone",
            "mobile",
        ),
        "cards": ("卡号", "Cards", "门禁卡", "门禁卡号", "ic卡号", "card", "card number"),
        "owner": ("车主", "Owner", "车主姓名", "姓名", "name"),
        "valid_from": ("有效期自", "Valid from", "生效日期", "开始日期", "起始日期"),
        "valid_until": ("有效期至", "Valid until", "到期日期", "截止日期", "结束日期", "有效期", "valid to"),
        "birth_year": ("出生年份", "Birth year", "出生年"),
        "guardian": ("监护人", "Guardian"),
        "levels": ("通行权限", "Access levels", "权限", "权限组", "levels"),
        "reason": ("原因", "Reason", "黑名单原因", "拉黑原因"),
        "note": ("备注", "Note", "说明", "remark", "notes"),
    }
)
"""Of each field; the first is what a Chinese template says, the second an English one."""

FIELDS: Final[Mapping[ImportWhat, tuple[str, ...]]] = MappingProxyType(
    {
        "people": (
            "key",
            "name",
            "category",
            "building",
            "unit",
            "number",
            "phone",
            "cards",
            "valid_from",
            "valid_until",
            "birth_year",
            "guardian",
            "levels",
            "note",
        ),
        "vehicles": (
            "key",
            "plate",
            "category",
            "owner",
            "building",
            "unit",
            "number",
            "valid_from",
            "valid_until",
            "levels",
            "note",
        ),
        "blocked": ("plate", "reason"),
    }
)
"""Which fields a table may have, in the order of its template."""

NEEDED: Final[Mapping[ImportWhat, tuple[str, ...]]] = MappingProxyType(
    {"people": ("name",), "vehicles": ("plate",), "blocked": ("plate", "reason")}
)


class Head(Struct, frozen=True, kw_only=True):
    """The head of a table: which field stands where, what the file calls it, and what is left out."""

    row: int
    at: dict[str, int]
    called: dict[str, str]
    unknown: list[str]


def head_of(lines: Sequence[Line], what: ImportWhat) -> Head | CellProblem:
    """Find the head of a table, or say what is wrong with it."""
    known = {_plain(name): field for field in FIELDS[what] for name in NAMES[field]}
    best = max(lines[:HEADER_WITHIN], key=lambda line: _known(line, known), default=None)
    if best is None or not _known(best, known):
        return problem("no-header")
    at: dict[str, int] = {}
    unknown = []
    for place, cell in enumerate(best.cells):
        field = known.get(_plain(cell))
        if field is None:
            unknown += [cell] if cell else []
        elif field in at:
            return problem("twice-column", cell, cell)
        else:
            at[field] = place
    missing = [NAMES[field][0] for field in NEEDED[what] if field not in at]
    if missing:
        return problem("no-column", missing[0], missing[0])
    called = {field: best.cells[place] for field, place in at.items()}
    return Head(row=best.row, at=at, called=called, unknown=unknown)


def header(what: ImportWhat, language: str) -> list[str]:
    """Return the head of a template."""
    return [NAMES[field][0 if language == "zh-CN" else 1] for field in FIELDS[what]]


def _known(line: Line, known: Mapping[str, str]) -> int:
    return len({known[_plain(cell)] for cell in line.cells if _plain(cell) in known})


def _plain(text: str) -> str:
    return re.sub(r"[\s*＊:：_()（）-]+", "", unicodedata.normalize("NFKC", text)).lower()
