"""The data sheet of a sprinkler zone: what it knows, what it can be told, what it reports."""

from typing import Any, Final

from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.runtime.properties import flag, one_of
from drivers.sprinkler import words
from drivers.sprinkler.state import ZoneState
from drivers.sprinkler.words import WHY_ENDED, Cause, Fault, Lock, Mode


def _number(zh: str, en: str, unit: str, **limits: Any) -> Property:
    return Property(type="number", title={"zh-CN": zh, "en": en}, unit=unit, **limits)


_CAUSE: Final = one_of("原因", "Cause", Cause)
_FAULT: Final = one_of("故障", "Fault", Fault)
_FLOW: Final = _number("流量", "Flow", "l/min", minimum=0)

MOVE_S: Final = 75.0
"""The longest that an open or a close may take by the options, and then some."""

SPRINKLER: Final = ThingModel(
    heartbeat_s=10.0,
    properties={
        "state": one_of("状态", "State", ZoneState),
        "valve-open": flag("阀门打开", "Valve open"),
        "cause": one_of("原因", "Cause", (words.NO_CAUSE, *Cause)),
        "remaining": Property(
            type="integer", title={"zh-CN": "剩余时间", "en": "Remaining"}, unit="s", minimum=0, history=False
        ),
        "flow": _FLOW,
        "water-total": _number("累计用水", "Water total", "l", minimum=0),
        "soil-moisture": _number("土壤湿度", "Soil moisture", "%", minimum=0, maximum=100),
        "soil-temperature": _number("土壤温度", "Soil temperature", "°C"),
        "air-temperature": _number("气温", "Air temperature", "°C"),
        "raining": flag("下雨", "Raining"),
        "frost-lock": flag("霜冻闭锁", "Frost lock"),
        "presence": flag("有人靠近", "Somebody near"),
        "mode": one_of("模式", "Mode", Mode),
        "next-run": Property(
            type="string", title={"zh-CN": "下次计划", "en": "Next programme"}, history=False
        ),
        "lockout": one_of("闭锁原因", "Lockout", Lock),
        "leak": flag("漏水", "Leak"),
        "dry-pipe": flag("无水", "Dry pipe"),
        "fault": _FAULT,
        "fire": flag("消防喷淋", "Fire watering"),
    },
    actions={
        "run": ActionSpec(
            title={"zh-CN": "立即喷淋", "en": "Run now"},
            input={"minutes": _number("时长", "Duration", "min", minimum=0.1, maximum=240)},
            timeout_s=MOVE_S,
        ),
        "stop": ActionSpec(title={"zh-CN": "停止", "en": "Stop"}, timeout_s=MOVE_S),
        "set-mode": ActionSpec(
            title={"zh-CN": "设置模式", "en": "Set mode"}, input={"mode": one_of("模式", "Mode", Mode)}
        ),
        "hold-off": ActionSpec(
            title={"zh-CN": "暂停自动喷淋", "en": "Hold off"},
            input={"hours": _number("时长", "Duration", "h", minimum=0, maximum=336)},
        ),
        "reset": ActionSpec(title={"zh-CN": "解除无水闭锁", "en": "Reset dry pipe"}),
        "fire-release": ActionSpec(
            title={"zh-CN": "消防喷淋", "en": "Fire watering"},
            input={"active": flag("启动", "Active")},
            timeout_s=MOVE_S,
        ),
    },
    events={
        words.WATERING_STARTED: EventSpec(
            title={"zh-CN": "开始喷淋", "en": "Watering started"},
            data={"cause": _CAUSE, "minutes": _number("最长时间", "At most", "min", minimum=0)},
        ),
        words.WATERING_ENDED: EventSpec(
            title={"zh-CN": "喷淋结束", "en": "Watering ended"},
            data={
                "cause": _CAUSE,
                "litres": _number("用水", "Water", "l", minimum=0),
                "seconds": _number("时长", "Duration", "s", minimum=0),
                "why": one_of("结束原因", "Why", WHY_ENDED),
            },
        ),
        words.PROGRAMME_SKIPPED: EventSpec(
            title={"zh-CN": "计划已跳过", "en": "Programme skipped"},
            data={"why": one_of("原因", "Why", (words.WET, words.BUSY, *Lock))},
        ),
        words.LEAK_DETECTED: EventSpec(
            title={"zh-CN": "发现漏水", "en": "Leak detected"}, data={"rate": _FLOW}
        ),
        words.LEAK_ENDED: EventSpec(title={"zh-CN": "漏水结束", "en": "Leak ended"}),
        words.DRY_PIPE: EventSpec(title={"zh-CN": "开阀无水", "en": "Dry pipe"}),
        words.FOUND_OPEN: EventSpec(title={"zh-CN": "阀门异常打开", "en": "Valve found open"}),
        words.LONGEST_RUN_EXCEEDED: EventSpec(
            title={"zh-CN": "超过最长喷淋时间", "en": "Longest run exceeded"},
            data={"minutes": _number("最长时间", "At most", "min", minimum=0)},
        ),
        words.FROST_LOCKED: EventSpec(
            title={"zh-CN": "霜冻闭锁", "en": "Frost locked"},
            data={"temperature": _number("温度", "Temperature", "°C")},
        ),
        words.FROST_UNLOCKED: EventSpec(title={"zh-CN": "霜冻闭锁解除", "en": "Frost unlocked"}),
        words.FAULTED: EventSpec(title={"zh-CN": "发生故障", "en": "Faulted"}, data={"fault": _FAULT}),
        words.FAULT_CLEARED: EventSpec(
            title={"zh-CN": "故障消除", "en": "Fault cleared"}, data={"fault": _FAULT}
        ),
    },
)
