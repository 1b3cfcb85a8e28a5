"""The data sheets of face terminals: what they know, what they can be told, what they report.

Every door with a face terminal takes a card or a code, too: options that leave only the face are refused, and
`means` shows what is on (人脸识别技术应用安全管理办法, Art. 10: the face must not be the only way).
"""

from enum import StrEnum
from typing import Final

from contract.passes import Direction, Means, Reason
from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.door.state import DoorState
from drivers.face import events
from drivers.runtime.properties import count, flag, one_of, text


class ListState(StrEnum):
    """The property `list`. NONE: the lists have never come; nobody is changed on the terminal."""

    GOOD = "good"
    NONE = "none"


class Cause(StrEnum):
    """Why a door was opened, as far as the terminal's record just before says."""

    FACE = "face"
    CARD = "card"
    CODE = "code"
    EXIT = "exit"
    COMMAND = "command"
    UNKNOWN = "unknown"


DENIALS: Final = (
    Reason.UNKNOWN,
    Reason.BLOCKED,
    Reason.NOT_YET_VALID,
    Reason.EXPIRED,
    Reason.NO_LEVEL,
    Reason.OUTSIDE_SCHEDULE,
    Reason.UNCERTAIN,
    Reason.PASSBACK,
)
MEANS: Final = (Means.FACE, Means.CARD, Means.CODE, Means.COMMAND, Means.UNKNOWN)


def _event(zh: str, en: str, **data: Property) -> EventSpec:
    return EventSpec(title={"zh-CN": zh, "en": en}, data=data)


_HOLDER: Final = text("人员代号", "Person (pseudonym)")
_WAY: Final = {
    "direction": one_of("方向", "Direction", Direction),
    "replay": flag("事后补传", "Told afterwards"),
}
_HOW: Final = {"means": one_of("凭证方式", "Means", MEANS), **_WAY}

_ABOUT_PEOPLE: Final = {
    "means": text("通行方式", "Means that open it"),
    "list": one_of("名单", "Lists", ListState),
    "people-held": count("已下发人数", "People on the terminal"),
    "people-pending": count("待下发人数", "People still to be sent"),
    "people-failed": count("下发失败人数", "People it does not take"),
    "people-others": count("名单外人数", "People on it whom no list has"),
    "refusal": text("最近拒绝原因", "Why it refused last"),
    "faces-to-remove": count("待删人脸数", "Faces still to be removed"),
    "strangers": count("十分钟内陌生人次数", "Strangers in the last ten minutes"),
    "clock-offset": Property(type="number", title={"zh-CN": "时钟偏差", "en": "Clock offset"}, unit="s"),
    "unknown-events": count("未识别事件数", "Events not understood"),
}

_UNLOCK: Final = ActionSpec(title={"zh-CN": "开门", "en": "Unlock once"}, timeout_s=8.0)

_PASSES: Final = {
    events.GRANTED: _event(
        "放行", "Access granted", credential=text("凭证编号", "Credential"), holder=_HOLDER, **_HOW
    ),
    events.DENIED: _event(
        "拒绝", "Access denied", reason=one_of("原因", "Reason", DENIALS), holder=_HOLDER, **_HOW
    ),
    events.STRANGER: _event("陌生人", "Stranger", **_WAY),
    events.LIVENESS_FAILED: _event("活体检测未通过", "Liveness check failed", holder=_HOLDER, **_WAY),
    events.FACE_REMOVED: _event(
        "人脸已删除",
        "Face removed",
        person=_HOLDER,
        since=text("撤回同意时间", "Consent withdrawn at"),
        held=flag("终端曾有此人", "The terminal had the person"),
        acknowledged=flag("终端确认删除", "The terminal says it deleted"),
        absent=flag("复查已无人脸", "Asked afterwards: not there"),
    ),
}

FACESLUICE: Final = ThingModel(properties=_ABOUT_PEOPLE, actions={"unlock": _UNLOCK}, events=_PASSES)

HIKVISION: Final = ThingModel(
    properties={
        "state": one_of("状态", "State", DoorState),
        "locked": flag("已上锁", "Locked"),
        "contact-open": flag("门磁开", "Door contact open"),
        "fire": flag("消防联动", "Fire release"),
        "tamper": flag("终端被拆", "Terminal tampered with"),
        **_ABOUT_PEOPLE,
    },
    actions={
        "unlock": _UNLOCK,
        "fire-release": ActionSpec(
            title={"zh-CN": "消防联动", "en": "Fire release"},
            input={"active": flag("启动", "Active")},
            timeout_s=8.0,
        ),
    },
    events={
        **_PASSES,
        events.OPENED: _event("门已开", "Door opened", cause=one_of("起因", "Cause", Cause)),
        events.CLOSED: _event("门已关", "Door closed"),
        events.FORCED: _event("非法开门", "Door forced"),
        events.HELD_OPEN: _event("门超时未关", "Door held open too long"),
        events.REQUEST_TO_EXIT: _event("按钮出门", "Request to exit"),
        events.TAMPER: _event("终端被拆", "Terminal tampered with"),
        events.TAMPER_RESTORED: _event("防拆恢复", "Tamper restored"),
        events.FIRE_RELEASED: _event("消防释放", "Released for fire"),
        events.FIRE_RELEASE_ENDED: _event("消防释放解除", "Fire release ended"),
    },
)
