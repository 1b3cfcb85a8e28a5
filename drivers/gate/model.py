"""The data sheet of a barrier gate: what it knows, what it can be told, what it reports."""

from typing import Final

from msgspec.structs import replace

from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.gate import watch
from drivers.gate.faults import Fault
from drivers.gate.state import GateState
from drivers.plates import sheet
from drivers.runtime.properties import flag, one_of

_FAULT: Final = one_of("故障", "Fault", Fault)

GATE: Final = ThingModel(
    heartbeat_s=5.0,
    properties={
        "state": one_of("状态", "State", GateState),
        "position": Property(
            type="number", title={"zh-CN": "闸杆位置", "en": "Position"}, unit="%", minimum=0, maximum=100
        ),
        "vehicle-under-boom": flag("杆下有车", "Vehicle under the boom"),
        "vehicle-approaching": flag("有车驶近", "Vehicle approaching"),
        "beam-broken": flag("防砸光束被挡", "Light beam broken"),
        "manual": flag("手动操作", "Moved by hand"),
        "emergency-stop": flag("急停", "Emergency stop"),
        "fault": _FAULT,
        "cycles": Property(type="integer", title={"zh-CN": "开闸次数", "en": "Cycles"}, minimum=0),
        "held-open": flag("常开", "Held open"),
        "fire": flag("消防联动", "Fire release"),
    },
    actions={
        "open": ActionSpec(title={"zh-CN": "开闸", "en": "Open"}),
        "close": ActionSpec(title={"zh-CN": "关闸", "en": "Close"}),
        "stop": ActionSpec(title={"zh-CN": "停止", "en": "Stop"}, timeout_s=5.0),
        "hold-open": ActionSpec(
            title={"zh-CN": "常开", "en": "Hold open"}, input={"hold": flag("保持常开", "Hold")}
        ),
        "fire-release": ActionSpec(
            title={"zh-CN": "消防联动", "en": "Fire release"}, input={"active": flag("启动", "Active")}
        ),
    },
    events={
        watch.OPENED: EventSpec(
            title={"zh-CN": "已开闸", "en": "Opened"}, data={"commanded": flag("远程指令", "By command")}
        ),
        watch.CLOSED: EventSpec(
            title={"zh-CN": "已关闸", "en": "Closed"}, data={"commanded": flag("远程指令", "By command")}
        ),
        watch.VEHICLE_PASSED: EventSpec(title={"zh-CN": "车辆通过", "en": "Vehicle passed"}),
        watch.FAULTED: EventSpec(title={"zh-CN": "发生故障", "en": "Faulted"}, data={"fault": _FAULT}),
        watch.FAULT_CLEARED: EventSpec(
            title={"zh-CN": "故障消除", "en": "Fault cleared"}, data={"fault": _FAULT}
        ),
        watch.OPERATED_MANUALLY: EventSpec(
            title={"zh-CN": "人工操作", "en": "Operated manually"},
            data={
                "how": Property(
                    type="string", title={"zh-CN": "方式", "en": "How"}, enum=("hand-crank", "locally")
                )
            },
        ),
        watch.REOPENED: EventSpec(
            title={"zh-CN": "遇阻抬杆", "en": "Reopened on obstruction"},
            data={
                "cause": Property(
                    type="string", title={"zh-CN": "原因", "en": "Cause"}, enum=("hit", "vehicle", "beam")
                )
            },
        ),
    },
)

GATE_WITH_PLATES: Final = replace(
    GATE,
    properties={**GATE.properties, "plate-camera": sheet.CAMERA, **sheet.PROPERTIES},
    events={**GATE.events, **sheet.EVENTS},
)
