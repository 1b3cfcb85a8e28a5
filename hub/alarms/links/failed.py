"""The alarm of a linked action that was not done: what should have happened by itself needs a person now."""

from typing import Final

from contract.topics import HUB_KIND
from hub.alarms.definition import Definition, Kind, Priority, Scope, Test

KEY: Final = "linked-action-failed"
DEFINITION: Final = Definition(
    key=KEY,
    title={"zh-CN": "联动未执行", "en": "Linked action failed"},
    priority=Priority.HIGH,
    kind=Kind.INCIDENT,
    # No rule raises it: whoever carries linked actions out does, about the device that did not act.
    on=Scope(kinds=(HUB_KIND,), devices=(f"{HUB_KIND}/links",)),
    raised_by=Test(event="hemei.hub.linked-action-failed"),
    rationale={
        "zh-CN": "报警本应自动带动的设备没有动作，现在要靠人。",
        "en": "A device that an alarm should have moved did not move: now it takes a person.",
    },
    steps=(
        {
            "zh-CN": "看“现场数据”里是哪台设备、哪个动作，在控制台再按一次。",
            "en": "See which device and which action, and press it on the console.",
        },
        {"zh-CN": "还是不动：派人到现场手动操作。", "en": "Still nothing: send somebody to do it by hand."},
        {"zh-CN": "事后开工单查原因。", "en": "Afterwards make a work order to find out why."},
    ),
)
"""Part of the product, not of a site's configuration: who raises it and what it is must agree."""
