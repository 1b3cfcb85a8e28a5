"""What a plate camera adds to its gate's data sheet."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contract import passes
from contract.lists import Category
from contract.things import EventSpec, Property


class CameraState(StrEnum):
    """The property `plate-camera`."""

    READY = "ready"
    SILENT = "silent"


class ListState(StrEnum):
    """The property `list`: whether this host was ever given the vehicles."""

    GOOD = "good"
    NONE = "none"


def _flag(zh: str, en: str) -> Property:
    return Property(type="boolean", title={"zh-CN": zh, "en": en})


def _text(zh: str, en: str) -> Property:
    return Property(type="string", title={"zh-CN": zh, "en": en})


def _words(zh: str, en: str, choices: type[StrEnum], *more: str) -> Property:
    return Property(type="string", title={"zh-CN": zh, "en": en}, enum=(*map(str, choices), *more))


CAMERA: Final = _words("车牌相机", "Plate camera", CameraState)

PROPERTIES: Final[Mapping[str, Property]] = {
    "waiting": _flag("有车等待处理", "A vehicle waits for a decision"),
    "list": _words("车辆名单", "List of vehicles", ListState),
    "vehicles-listed": Property(
        type="integer", title={"zh-CN": "名单车辆数", "en": "Vehicles listed"}, minimum=0, history=False
    ),
}

_PLATE: Final = _text("车牌", "Plate")
_DIRECTION: Final = _words("方向", "Direction", passes.Direction)
_WHOSE: Final[Mapping[str, Property]] = {
    "vehicle": _text("车辆编号", "Vehicle's key"),
    "person": _text("人员编号", "Person's key"),
    "category": _words("类别", "Category", Category, ""),
}
_REPLAY: Final = _flag("补传", "Replay")

_RECOGNISED: Final[Mapping[str, Property]] = {
    "plate": _PLATE,
    "colour": _words("车牌颜色", "Colour", passes.PlateColour),
    "confidence": Property(
        type="number", title={"zh-CN": "置信度", "en": "Confidence"}, unit="%", minimum=0, maximum=100
    ),
    "direction": _DIRECTION,
    "decision": _words("处理结果", "Decision", passes.Decision),
    "reason": _words("原因", "Reason", passes.Reason),
    **_WHOSE,
    "record": _text("相机记录号", "Camera's record"),
    "replay": _REPLAY,
}

EVENTS: Final[Mapping[str, EventSpec]] = {
    passes.PLATE_RECOGNISED: EventSpec(
        title={"zh-CN": "识别车牌", "en": "Plate recognised"}, data=_RECOGNISED
    ),
    passes.BLOCKED_PLATE: EventSpec(
        title={"zh-CN": "黑名单车辆", "en": "Blocked vehicle at the gate"}, data=_RECOGNISED
    ),
    passes.GATE_PASSED: EventSpec(
        title={"zh-CN": "车辆通行", "en": "Passed"},
        data={
            "plate": _PLATE,
            **_WHOSE,
            "direction": _DIRECTION,
            "means": _words("通行方式", "By what", passes.Means),
            "recognised": _text("识别事件编号", "Id of its recognition"),
            "confirmed": _flag("已确认驶过", "Seen to pass"),
            "replay": _REPLAY,
            "passback": _flag("进出不符", "Passback"),
            "dwell-s": Property(
                type="number", title={"zh-CN": "停留时长", "en": "Dwell time"}, unit="s", minimum=0
            ),
        },
    ),
    passes.TAILGATED: EventSpec(
        title={"zh-CN": "跟车闯入", "en": "Tailgated"},
        data={
            "plate": _PLATE,
            "recognised": _text("识别事件编号", "Id of its recognition"),
            "before": _text("前车车牌", "Plate of the vehicle before"),
        },
    ),
}
