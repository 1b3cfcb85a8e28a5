"""The data sheet of a door: what it knows, what it can be told, what it reports."""

from enum import StrEnum
from typing import Final

from contract.passes import Direction, Means
from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.door import events
from drivers.door.decision import Denial
from drivers.door.state import DoorState
from drivers.door.watch import Cause
from drivers.runtime.properties import count, flag, one_of, text


class Mode(StrEnum):
    """The property `mode`."""

    NORMAL = "normal"
    HELD_UNLOCKED = "held-unlocked"
    FIRE = "fire"


class ListState(StrEnum):
    """The property `access-list`. BROKEN: an earlier state of the file is in force, or none.

    A door without a file goes by the pushed lists alone: GOOD once they have come. NONE: neither is there.
    """

    GOOD = "good"
    BROKEN = "broken"
    NONE = "none"


_CREDENTIAL: Final = text("凭证编号", "Credential")
_HOLDER: Final = text("持卡人代号", "Holder (pseudonym)")

_HOW: Final = {
    "means": one_of("凭证方式", "Means", (Means.CARD, Means.CODE)),
    "direction": one_of("方向", "Direction", Direction),
}

DOOR: Final = ThingModel(
    heartbeat_s=5.0,
    properties={
        "state": one_of("状态", "State", DoorState),
        "mode": one_of("模式", "Mode", Mode),
        "locked": flag("已上锁", "Locked"),
        "contact-open": flag("门磁开", "Door contact open"),
        "exit-request": flag("出门按钮按下", "Exit button pressed"),
        "fire": flag("消防联动", "Fire release"),
        "tamper": flag("读卡器被拆", "Reader tampered with"),
        "power-fault": flag("读卡器供电故障", "Reader power fault"),
        "secure-channel": flag("加密通道", "Secure channel"),
        "access-list": one_of("权限名单", "Access list", ListState),
        "credentials": count("凭证数", "Credentials known"),
        "wrong-tries": count("连续错误次数", "Wrong tries in a row"),
    },
    actions={
        "unlock": ActionSpec(title={"zh-CN": "开门", "en": "Unlock once"}, timeout_s=5.0),
        "hold-unlocked": ActionSpec(
            title={"zh-CN": "常开", "en": "Hold unlocked"},
            input={"hold": flag("保持常开", "Hold")},
            timeout_s=5.0,
        ),
        "lock": ActionSpec(title={"zh-CN": "上锁", "en": "Lock"}, timeout_s=5.0),
        "fire-release": ActionSpec(
            title={"zh-CN": "消防联动", "en": "Fire release"},
            input={"active": flag("启动", "Active")},
            timeout_s=5.0,
        ),
    },
    events={
        events.GRANTED: EventSpec(
            title={"zh-CN": "放行", "en": "Access granted"},
            data={
                "credential": _CREDENTIAL,
                "holder": _HOLDER,
                "pin": flag("已验密码", "With PIN"),
                **_HOW,
            },
        ),
        events.DENIED: EventSpec(
            title={"zh-CN": "拒绝", "en": "Access denied"},
            data={
                "reason": one_of("原因", "Reason", Denial),
                "credential": _CREDENTIAL,
                "holder": _HOLDER,
                "card-ending": text("未知卡尾号", "Last digits of an unknown card"),
                **_HOW,
            },
        ),
        events.TOO_MANY_TRIES: EventSpec(
            title={"zh-CN": "连续多次错误", "en": "Too many wrong tries"},
            data={"tries": count("次数", "Tries")},
        ),
        events.STRIKE_FAILED: EventSpec(
            title={"zh-CN": "门锁未释放", "en": "Strike not released"},
            data={"cause": one_of("起因", "Cause", Cause), "reason": text("原因", "Reason")},
        ),
        events.REQUEST_TO_EXIT: EventSpec(title={"zh-CN": "按钮出门", "en": "Request to exit"}),
        events.OPENED: EventSpec(
            title={"zh-CN": "门已开", "en": "Door opened"}, data={"cause": one_of("起因", "Cause", Cause)}
        ),
        events.CLOSED: EventSpec(title={"zh-CN": "门已关", "en": "Door closed"}),
        events.FORCED: EventSpec(title={"zh-CN": "非法开门", "en": "Door forced"}),
        events.HELD_OPEN: EventSpec(
            title={"zh-CN": "门超时未关", "en": "Door held open too long"},
            data={
                "seconds": Property(
                    type="number", title={"zh-CN": "限时", "en": "Limit"}, unit="s", minimum=0
                )
            },
        ),
        events.HELD_OPEN_ENDED: EventSpec(
            title={"zh-CN": "超时未关解除", "en": "No longer held open too long"}
        ),
        events.FIRE_RELEASED: EventSpec(
            title={"zh-CN": "消防释放", "en": "Released for fire"},
            data={"by-contact": flag("由消防触点", "By the fire contact")},
        ),
        events.FIRE_RELEASE_ENDED: EventSpec(title={"zh-CN": "消防释放解除", "en": "Fire release ended"}),
        events.TAMPER: EventSpec(title={"zh-CN": "读卡器被拆", "en": "Reader tampered with"}),
        events.TAMPER_RESTORED: EventSpec(title={"zh-CN": "防拆恢复", "en": "Tamper restored"}),
        events.POWER_FAULT: EventSpec(title={"zh-CN": "读卡器供电故障", "en": "Reader power fault"}),
        events.POWER_RESTORED: EventSpec(title={"zh-CN": "读卡器供电恢复", "en": "Reader power restored"}),
        events.READER_OFFLINE: EventSpec(
            title={"zh-CN": "读卡器离线", "en": "Reader offline"}, data={"reason": text("原因", "Reason")}
        ),
        events.READER_ONLINE: EventSpec(title={"zh-CN": "读卡器恢复在线", "en": "Reader online again"}),
        events.READER_KEYED: EventSpec(
            title={"zh-CN": "读卡器已写入密钥", "en": "Reader given the site's key"}
        ),
    },
)
