"""The register of disclosures for a spreadsheet: what left, to whom, why, and who let it."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any, Final

from contract.clock import from_epoch_ms
from hub.disclosure.request import Disclosure
from hub.disclosure.view import both
from hub.orders.sheet import Row, sheet

COLUMNS: Final = (
    "编号 Number",
    "状态 State",
    "法律依据 Legal basis",
    "文书编号 Document",
    "案件编号 Case",
    "调取单位 Unit",
    "承办人 Officers",
    "用途 Purpose",
    "数据种类 Data",
    "起 From",
    "止 To",
    "设备 Devices",
    "对象 Subject",
    "申请人 Requested by",
    "申请时间 Requested",
    "审批人 Decided by",
    "审批时间 Decided",
    "审批意见 Reason",
    "文件校验值 SHA-256",
    "移交人 Handed over by",
    "接收人 Handed to",
    "移交时间 Handed over",
    "文件删除时间 Deleted",
)


def register_sheet(found: Iterable[Disclosure], zone: tzinfo) -> str:
    """Write disclosures, one a row, times by the site's clock on the wall."""
    return sheet(COLUMNS, (_row(each, zone) for each in found))


def _row(each: Disclosure, zone: tzinfo) -> Row:
    scope, title = each.scope, both(each.terms.title)
    subject = [scope.plate, scope.person, scope.vehicle]
    picked = len(scope.passes) + len(scope.alarms)
    cells: tuple[Any, ...] = (
        each.number,
        each.state.value,
        f"{title.zh} / {title.en}",
        each.document_number,
        each.case_number,
        each.unit,
        " ".join(f"{officer.name}({officer.number})" for officer in each.officers),
        each.purpose,
        [kind.value for kind in scope.kinds],
        _at(scope.from_ms, zone),
        _at(scope.to_ms, zone),
        [*scope.devices, *scope.areas],
        [name for name in subject if name] + ([f"{picked}×"] if picked else []),
        each.requested_by,
        _at(each.requested_ms, zone),
        each.decided_by,
        _at(each.decided_ms, zone),
        each.decision_reason,
        each.made.sha256 if each.made is not None else None,
        each.handed_by,
        each.handed_to,
        _at(each.handed_ms, zone),
        _at(each.purged_ms, zone),
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _at(at_ms: int | None, zone: tzinfo) -> str | None:
    if at_ms is None:
        return None
    at: datetime = from_epoch_ms(at_ms).astimezone(zone)
    return at.isoformat(" ", "seconds")
