"""What a plate camera adds to its gate's data sheet."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contract import passes
from contract.lists import Category
from contract.things import EventSpec, Property
from drivers.runtime.properties import flag, one_of, text


class CameraState(StrEnum):
    """The property `plate-camera`."""

    READY = "ready"
    SILENT = "silent"


class ListState(StrEnum):
    """The property `list`: whether this host was ever given the vehicles."""

    GOOD = "good"
    NONE = "none"


CAMERA: Final = one_of("车牌相机", "Plate camera", CameraState)

PROPERTIES: Final[Mapping[str, Property]] = {
    "waiting": flag("有车等待处理", "A vehicle waits for a decision"),
    "list": one_of("车辆名单", "List of vehicles", ListState),
    "vehicles-listed": Property(
        type="integer", title={"zh-CN": "名单车辆数", "en": "Vehicles listed"}, minimum=0, history=False
    ),
}

_PLATE: Final = text("车牌", "Plate")
_DIRECTION: Final = one_of("方向", "Direction", passes.Direction)
_WHOSE: Final[Mapping[str, Property]] = {
    "vehicle": text("车辆编号", "Vehicle's key"),
    "person": text("人员编号", "Person's key"),
    "category": one_of("类别", "Category", (*Category, "")),
}
_REPLAY: Final = flag("补传", "Replay")

_RECOGNISED: Final[Mapping[str, Property]] = {
    "plate": _PLATE,
    "colour": one_of("车牌颜色", "Colour", passes.PlateColour),
    "confidence": Property(
        type="number", title={"zh-CN": "置信度", "en": "Confidence"}, unit="%", minimum=0, maximum=100
    ),
    "direction": _DIRECTION,
    "decision": one_of("处理结果", "Decision", passes.Decision),
    "reason": one_of("原因", "Reason", passes.Reason),
    **_WHOSE,
    "record": text("相机记录号", "Camera's record"),
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
            "means": one_of("通行方式", "By what", passes.Means),
            "recognised": text("识别事件编号", "Id of its recognition"),
            "confirmed": flag("已确认驶过", "Seen to pass"),
            "replay": _REPLAY,
            "passback": flag("进出不符", "Passback"),
            "dwell-s": Property(
                type="number", title={"zh-CN": "停留时长", "en": "Dwell time"}, unit="s", minimum=0
            ),
        },
    ),
    passes.TAILGATED: EventSpec(
        title={"zh-CN": "跟车闯入", "en": "Tailgated"},
        data={
            "plate": _PLATE,
            "recognised": text("识别事件编号", "Id of its recognition"),
            "before": text("前车车牌", "Plate of the vehicle before"),
        },
    ),
}
