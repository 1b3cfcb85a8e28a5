"""What kinds of devices are called in a report. Pure."""

from typing import Final

from hub.monthly.view import Words

_TITLES: Final[dict[str, Words]] = {
    "gate": {"zh-CN": "车道闸", "en": "Barrier gates"},
    "door": {"zh-CN": "门禁", "en": "Doors"},
    "camera": {"zh-CN": "摄像机", "en": "Cameras"},
    "charger": {"zh-CN": "充电桩", "en": "Chargers"},
    "sprinkler": {"zh-CN": "喷淋", "en": "Sprinklers"},
    "sensor": {"zh-CN": "传感器", "en": "Sensors"},
}


def kind_title(kind: str) -> Words:
    """Return what people call a kind; one that is new here goes by its own word."""
    return _TITLES.get(kind, {"zh-CN": kind, "en": kind})
