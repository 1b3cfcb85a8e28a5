"""The data sheet of a camera: what it knows, what it can be told, what it reports."""

from typing import Final

from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.camera.health import (
    EVENT_OF,
    LOST,
    PICTURE_RESTORED,
    SIGNAL_LOST,
    SIGNAL_RESTORED,
    SPOILT,
    Picture,
)
from drivers.runtime.properties import one_of

SNAPSHOT_TAKEN: Final = "hemei.camera.snapshot-taken"
CLIP_CUT: Final = "hemei.camera.clip-cut"
OBJECT_FALLING: Final = "hemei.camera.object-falling"
OBJECT_DETECTED: Final = "hemei.camera.object-detected"
REPORTED: Final = "hemei.camera.reported"

LONGEST_PREVIEW_S: Final = 60.0
LONGEST_BEFORE_S: Final = 60.0
LONGEST_AFTER_S: Final = 30.0
LONGEST_LEARNING_S: Final = 120.0


def _number(zh: str, en: str, unit: str | None = None, *, most: float | None = None) -> Property:
    return Property(type="number", title={"zh-CN": zh, "en": en}, unit=unit, minimum=0, maximum=most)


def _pixels(zh: str, en: str) -> Property:
    return Property(type="integer", title={"zh-CN": zh, "en": en}, unit="px", minimum=0, history=False)


_CAUSE: Final = ("manual", "object-falling")
_SPOILT_TITLES: Final = {
    Picture.FROZEN: {"zh-CN": "画面冻结", "en": "Picture frozen"},
    Picture.BLACK: {"zh-CN": "黑屏", "en": "Picture black"},
    Picture.COVERED: {"zh-CN": "镜头被遮挡", "en": "Camera covered"},
    Picture.OUT_OF_FOCUS: {"zh-CN": "画面失焦", "en": "Camera out of focus"},
    Picture.MOVED: {"zh-CN": "镜头被移动", "en": "Camera moved"},
}

CAMERA: Final = ThingModel(
    heartbeat_s=5.0,
    properties={
        "picture": one_of("画面", "Picture", Picture),
        "codec": Property(type="string", title={"zh-CN": "编码", "en": "Codec"}, history=False),
        "width": _pixels("画面宽度", "Width"),
        "height": _pixels("画面高度", "Height"),
        "frame-rate": _number("帧率", "Frame rate", "1/s"),
        "bit-rate": _number("码率", "Bit rate", "kbit/s"),
        "previewing": Property(type="boolean", title={"zh-CN": "预览中", "en": "Previewing"}, history=False),
        "analyser": one_of("分析程序", "Analyser", ("off", "running", "failed")),
        "frames-skipped": Property(
            type="integer",
            title={"zh-CN": "分析跳过帧数", "en": "Frames the analyser was too slow for"},
            minimum=0,
            history=False,
        ),
    },
    actions={
        "snapshot": ActionSpec(title={"zh-CN": "抓拍", "en": "Take a snapshot"}),
        "clip": ActionSpec(
            title={"zh-CN": "剪取录像", "en": "Cut a clip"},
            input={
                "before_s": _number("之前", "Before", "s", most=LONGEST_BEFORE_S),
                "after_s": _number("之后", "After", "s", most=LONGEST_AFTER_S),
            },
            timeout_s=LONGEST_AFTER_S + 15,
        ),
        "preview": ActionSpec(
            title={"zh-CN": "实时预览", "en": "Preview"},
            input={
                "seconds": Property(
                    type="number",
                    title={"zh-CN": "时长", "en": "Duration"},
                    unit="s",
                    minimum=1,
                    maximum=LONGEST_PREVIEW_S,
                )
            },
        ),
        "learn-view": ActionSpec(
            title={"zh-CN": "重新学习画面", "en": "Learn the view anew"}, timeout_s=LONGEST_LEARNING_S
        ),
    },
    events={
        SIGNAL_LOST: EventSpec(
            title={"zh-CN": "视频信号丢失", "en": "Signal lost"},
            data={"cause": one_of("原因", "Cause", sorted(LOST))},
        ),
        SIGNAL_RESTORED: EventSpec(title={"zh-CN": "视频信号恢复", "en": "Signal restored"}),
        **{EVENT_OF[each]: EventSpec(title=_SPOILT_TITLES[each]) for each in sorted(SPOILT)},
        PICTURE_RESTORED: EventSpec(
            title={"zh-CN": "画面恢复正常", "en": "Picture restored"},
            data={"was": one_of("之前", "Was", sorted(SPOILT))},
        ),
        SNAPSHOT_TAKEN: EventSpec(title={"zh-CN": "已抓拍", "en": "Snapshot taken"}),
        CLIP_CUT: EventSpec(
            title={"zh-CN": "已剪取录像", "en": "Clip cut"},
            data={
                "cause": one_of("原因", "Cause", _CAUSE),
                "codec": one_of("编码", "Codec", ("h264", "h265")),
                "duration_s": _number("时长", "Duration", "s"),
                "before_s": _number("提前", "Begins before", "s"),
                "complete": Property(type="boolean", title={"zh-CN": "完整", "en": "Complete"}),
            },
        ),
        OBJECT_FALLING: EventSpec(
            title={"zh-CN": "高空抛物", "en": "Falling object"},
            data={
                "source": one_of("来源", "Source", ("camera", "analyser")),
                # Of the picture, from the upper left corner; only where the camera says it.
                "x": _number("横向位置", "Across", most=1),
                "y": _number("纵向位置", "Down", most=1),
            },
        ),
        REPORTED: EventSpec(
            title={"zh-CN": "摄像机上报", "en": "Reported by the camera"},
            data={"event": Property(type="string", title={"zh-CN": "事件", "en": "Event"})},
        ),
        OBJECT_DETECTED: EventSpec(
            title={"zh-CN": "目标检测", "en": "Object detected"},
            data={
                "label": Property(type="string", title={"zh-CN": "类别", "en": "Label"}),
                "score": _number("置信度", "Score", most=1),
            },
        ),
    },
)
