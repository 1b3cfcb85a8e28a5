"""The alarm of an answer that came after its case was closed: nobody looks there any more."""

from typing import Final

from contract.topics import HUB_KIND
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Kind, Priority, Scope, Test
from hub.alarms.signals import Raise
from hub.referrals.referral import Referral

KEY: Final = "police-answered-late"
DEFINITION: Final = Definition(
    key=KEY,
    title={"zh-CN": "警格在结案后答复", "en": "The police answered a closed case"},
    priority=Priority.LOW,
    kind=Kind.INCIDENT,
    # No rule raises it: the desk of hand-overs does, about the device of the closed case.
    on=Scope(kinds=(HUB_KIND,), devices=(f"{HUB_KIND}/referrals",)),
    raised_by=Test(event="hemei.hub.police-answered-late"),
    rationale={
        "zh-CN": "报警移交后先结了案，对方的答复来得晚，没有人会再去看那个案子。",
        "en": "The case was closed before the officer answered, and nobody looks there any more.",
    },
    steps=(
        {
            "zh-CN": "打开“现场数据”里写的那条报警，看警格答复了什么。",
            "en": "Open the alarm that the data names, and see what the officer answered.",
        },
        {
            "zh-CN": "需要小区配合的，开工单或打电话。",
            "en": "If they need something: a work order, or a call.",
        },
    ),
)
"""Part of the product, not of a site's configuration: who raises it and what it is must agree."""


def late_answer(closed: Alarm, referral: Referral, now_ms: int) -> Raise:
    """Return the alarm of a hand-over's newest answer; each answer is one, however often it is sent."""
    return Raise(
        definition=DEFINITION,
        address=closed.address,
        area=closed.area,
        at_ms=now_ms,
        occurrence=f"{referral.id}:{len(referral.answers)}",
        data={"alarm": closed.id, "unit": referral.unit, "answer": referral.answers[-1].answer.value},
    )
