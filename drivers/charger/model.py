"""The data sheet of a connector: what it knows, what it can be told, what it reports."""

from typing import Any, Final

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, CUT_POWER, METER_READ, START, STOP
from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.charger import words
from drivers.charger.words import ConnectorState, EndReason, Fault, Lock, Trouble, Vehicle
from drivers.runtime.properties import flag, one_of


def _text(zh: str, en: str) -> Property:
    return Property(type="string", title={"zh-CN": zh, "en": en}, history=False)


def _number(zh: str, en: str, unit: str, **limits: Any) -> Property:
    return Property(type="number", title={"zh-CN": zh, "en": en}, unit=unit, **limits)


def _whole(zh: str, en: str, unit: str, **limits: Any) -> Property:
    return Property(type="integer", title={"zh-CN": zh, "en": en}, unit=unit, minimum=0, **limits)


_ORDER: Final = _text("订单号", "Order")
_TRANSACTION: Final = _text("交易号", "Transaction")
_ENERGY: Final = _whole("本次电量", "Energy of this charge", "Wh")
_FAULT: Final = one_of("故障", "Fault", Fault)
_TROUBLE: Final = one_of("险情", "Danger", Trouble)

START_S: Final = 320.0
"""The longest that `start_timeout_s` may be, and then some."""

CHARGER: Final = ThingModel(
    heartbeat_s=10.0,
    properties={
        "state": one_of("状态", "State", ConnectorState),
        "plugged": flag("已插枪", "Plugged in"),
        "vehicle": Property(
            type="string",
            title={"zh-CN": "适用车辆", "en": "For"},
            enum=tuple(map(str, Vehicle)),
            history=False,
        ),
        "order": _ORDER,
        "power": _number("功率", "Power", "W", minimum=0),
        "current": _number("电流", "Current", "A", minimum=0),
        "voltage": _number("电压", "Voltage", "V", minimum=0, history=False),
        "energy": _ENERGY,
        "elapsed": _whole("本次时长", "Time of this charge", "s", history=False),
        "soc": _number("车辆电量", "Battery of the vehicle", "%", minimum=0, maximum=100, history=False),
        "temperature": _number("温度", "Temperature", "°C"),
        "meter-total": _whole("电表读数", "Meter", "Wh"),
        "power-limit": _whole("分配功率", "Power allotted", "W"),
        "max-power": _whole("最大功率", "Most power", "W", history=False),
        "lockout": one_of("闭锁原因", "Lockout", Lock),
        "power-cut": flag("已断电", "Power cut off"),
        "fault": _FAULT,
        "product": _text("桩型号", "Post"),
    },
    actions={
        START: ActionSpec(
            title={"zh-CN": "开始充电", "en": "Start charging"},
            input={
                "order": _ORDER,
                "seconds": _whole("最长时间", "At most", "s", maximum=48 * 3600),
                "energy": _whole("最多电量", "At most", "Wh", maximum=1_000_000),
            },
            timeout_s=START_S,
        ),
        STOP: ActionSpec(
            title={"zh-CN": "结束充电", "en": "Stop charging"}, input={"order": _ORDER}, timeout_s=60.0
        ),
        CUT_POWER: ActionSpec(
            title={"zh-CN": "断电", "en": "Cut the power"},
            input={"active": flag("断开", "Cut off")},
            timeout_s=60.0,
        ),
        "set-available": ActionSpec(
            title={"zh-CN": "启用或停用", "en": "In or out of service"},
            input={"available": flag("可用", "Available")},
            timeout_s=30.0,
        ),
        "unlock": ActionSpec(title={"zh-CN": "解锁枪头", "en": "Unlock the plug"}, timeout_s=30.0),
        "reset": ActionSpec(title={"zh-CN": "重启充电桩", "en": "Restart the post"}, timeout_s=30.0),
        "refresh": ActionSpec(title={"zh-CN": "立即读取", "en": "Read now"}, timeout_s=30.0),
    },
    events={
        CHARGE_STARTED: EventSpec(
            title={"zh-CN": "开始充电", "en": "Charge started"},
            data={
                "transaction": _TRANSACTION,
                "order": _ORDER,
                "meter": _whole("电表读数", "Meter", "Wh"),
            },
        ),
        METER_READ: EventSpec(
            title={"zh-CN": "电量记录", "en": "Energy read"},
            data={"transaction": _TRANSACTION, "order": _ORDER, "energy": _ENERGY},
        ),
        CHARGE_ENDED: EventSpec(
            title={"zh-CN": "充电结束", "en": "Charge ended"},
            data={
                "transaction": _TRANSACTION,
                "order": _ORDER,
                "energy": _ENERGY,
                "seconds": _whole("时长", "Duration", "s"),
                "why": one_of("结束原因", "Why", EndReason),
                "estimated": flag("电量为估算", "Energy is estimated"),
            },
        ),
        words.FAULTED: EventSpec(title={"zh-CN": "发生故障", "en": "Faulted"}, data={"fault": _FAULT}),
        words.FAULT_CLEARED: EventSpec(
            title={"zh-CN": "故障消除", "en": "Fault cleared"}, data={"fault": _FAULT}
        ),
        words.TROUBLE: EventSpec(title={"zh-CN": "出现险情", "en": "Danger"}, data={"trouble": _TROUBLE}),
        words.TROUBLE_ENDED: EventSpec(
            title={"zh-CN": "险情解除", "en": "Danger over"}, data={"trouble": _TROUBLE}
        ),
        words.UNPLUGGED: EventSpec(
            title={"zh-CN": "充电中拔枪", "en": "Unplugged while charging"}, data={"order": _ORDER}
        ),
        words.POWER_CUT: EventSpec(title={"zh-CN": "已断电", "en": "Power cut off"}),
        words.POWER_RESTORED: EventSpec(title={"zh-CN": "恢复供电", "en": "Power restored"}),
        words.DID_NOT_STOP: EventSpec(
            title={"zh-CN": "未能停止充电", "en": "Charge did not stop"}, data={"order": _ORDER}
        ),
        words.POST_STARTED: EventSpec(
            title={"zh-CN": "充电桩已启动", "en": "Post started"}, data={"product": _text("桩型号", "Post")}
        ),
        words.POST_WARNED: EventSpec(
            title={"zh-CN": "充电桩提示", "en": "The post reports"}, data={"what": _text("内容", "What")}
        ),
    },
)
