"""What the fields are called, and which of them are columns. A bundle puts times and media in by itself."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contract.things import Words
from hub.bundle.source import Column, ColumnKind, TableSpec
from hub.disclosure.bases import LegalBasis
from hub.disclosure.scope import DataKind

TITLES: Final[Mapping[DataKind, Words]] = MappingProxyType(
    {
        DataKind.PASSES: {"zh-CN": "通行记录", "en": "Passes"},
        DataKind.EVENTS: {"zh-CN": "设备事件", "en": "Events"},
        DataKind.ALARMS: {"zh-CN": "报警", "en": "Alarms"},
        DataKind.HISTORY: {"zh-CN": "测量数据", "en": "Measurements"},
    }
)

AT: Final[Mapping[DataKind, str]] = MappingProxyType(
    {kind: "raised" if kind is DataKind.ALARMS else "at" for kind in DataKind}
)
"""Which field is a row's time."""

MEDIA: Final = ("pictures", "clips")
_APART: Final = frozenset({"at", "raised", "received", *MEDIA})

NAMES: Final[Mapping[str, tuple[str, str, ColumnKind]]] = MappingProxyType(
    {
        "seq": ("序号", "Number", "number"),
        "kind": ("设备类别", "Kind", "text"),
        "device": ("设备", "Device", "text"),
        "area": ("区域", "Area", "text"),
        "outcome": ("结果", "Outcome", "text"),
        "reason": ("原因", "Reason", "text"),
        "direction": ("方向", "Direction", "text"),
        "means": ("通行方式", "By", "text"),
        "category": ("人车类别", "Category", "text"),
        "person": ("人员编号", "Person", "text"),
        "vehicle": ("车辆编号", "Vehicle", "text"),
        "name": ("姓名", "Name", "text"),
        "telephone": ("电话", "Telephone", "text"),
        "identity": ("身份证号", "Identity number", "text"),
        "room": ("房号", "Room", "text"),
        "plate": ("车牌", "Plate", "text"),
        "colour": ("车牌颜色", "Plate colour", "text"),
        "confirmed": ("确认通过", "Confirmed", "text"),
        "replay": ("断网补传", "Told later", "text"),
        "passback": ("重复进出", "Passback", "text"),
        "tailgating": ("尾随", "Tailgating", "text"),
        "dwell_s": ("停留秒数", "Dwell, s", "number"),
        "source": ("来源", "Source", "text"),
        "id": ("编号", "Id", "text"),
        "type": ("事件类型", "Type", "text"),
        "sequence": ("设备序号", "Sequence", "number"),
        "data": ("数据", "Data", "text"),
        "key": ("报警规则", "Definition", "text"),
        "title": ("报警名称", "Title", "text"),
        "priority": ("级别", "Priority", "text"),
        "state": ("状态", "State", "text"),
        "returned": ("恢复时间", "Returned", "time"),
        "count": ("次数", "Count", "number"),
        "acknowledged": ("确认时间", "Acknowledged", "time"),
        "acknowledged_by": ("确认人", "Acknowledged by", "text"),
        "closed": ("关闭时间", "Closed", "time"),
        "closed_by": ("关闭人", "Closed by", "text"),
        "close_reason": ("关闭说明", "Closing remark", "text"),
        "timeline": ("处置过程", "Timeline", "text"),
        "property": ("测量项", "Property", "text"),
        "value": ("数值", "Value", "text"),
        "unit": ("单位", "Unit", "text"),
        "quality": ("质量", "Quality", "text"),
    }
)
"""In Chinese, in English, and what kind of column it is."""


def columns_of(basis: LegalBasis, kind: DataKind) -> tuple[str, ...]:
    """Return the fields that are columns of a table."""
    return tuple(each for each in basis.fields_of(kind) if each not in _APART)


def table_of(basis: LegalBasis, kind: DataKind) -> TableSpec:
    """Describe the table of a kind of data, as a basis lets it leave."""
    columns = (_column(each) for each in columns_of(basis, kind))
    return TableSpec(name=kind.value, title=TITLES[kind], columns=tuple(columns))


def _column(key: str) -> Column:
    chinese, english, kind = NAMES[key]
    return Column(key=key, zh=chinese, en=english, kind=kind)
