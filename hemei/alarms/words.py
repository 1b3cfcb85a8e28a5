"""Definitions in a person's words: what raises them, when, who is told, what is linked."""

from collections.abc import Iterable
from typing import Final

from contract.messages import Scalar
from hemei.language import Phrase
from hub.alarms.definition import Definition, Link, Test

EVENT: Final = Phrase("事件 {event}", "event {event}")
OFFLINE: Final = {
    "device-offline": Phrase("设备离线", "device offline"),
    "driver-offline": Phrase("驱动主机离线", "driver host offline"),
}
STALE: Final = Phrase("{name} 过期", "{name} is too old")
MISSED: Final = Phrase("事件缺号", "events missed")
OR: Final = Phrase(" 或 ", " or ")
AND: Final = Phrase(" 且 ", " and ")
ON: Final = Phrase("持续 {time}", "for {time}")
OFF: Final = Phrase("恢复 {time} 后", "over for {time}")
AFTER: Final = Phrase("{time} 后：{what}", "after {time}: {what}")
GRAVER: Final = Phrase("升为 {priority}", "becomes {priority}")
LATCHES: Final = Phrase("人工复位", "reset by hand")
REVIEWED: Final = Phrase("复核", "reviewed")
EACH: Final = Phrase("每次一案", "each its own case")
SAME_AREA: Final = Phrase("同一区域", "same area")
EVERYTHING: Final = Phrase("全部", "all")


def raised_by(test: Test) -> str:
    """Say what a test asks."""
    if test.all or test.any:
        parts = [f"({raised_by(each)})" if each.all or each.any else raised_by(each) for each in test.all]
        return (AND() if test.all else OR()).join(parts or map(raised_by, test.any))
    if test.event is not None:
        where = [f"{name} = {_values(value)}" for name, value in test.where.items()]
        return EVENT(event=test.event) + (f" ({', '.join(where)})" if where else "")
    if test.connectivity:
        return OR().join(OFFLINE[each]() for each in test.connectivity)
    if test.stale is not None:
        return STALE(name=test.stale)
    return MISSED() if test.missed else _comparison(test)


def timing(definition: Definition) -> str:
    """Say when it is raised and when it ends."""
    said = [ON(time=duration(definition.on_delay_s))] if definition.on_delay_s else []
    said += [OFF(time=duration(definition.off_delay_s))] if definition.off_delay_s else []
    held = (
        (definition.kind == "incident", EACH),
        (definition.latching, LATCHES),
        (definition.review, REVIEWED),
    )
    return ", ".join([*said, *(phrase() for is_so, phrase in held if is_so)])


def told(definition: Definition) -> str:
    """Say who is told at once, and who later."""
    later = []
    for step in definition.escalate:
        graver = [GRAVER(priority=step.raise_to.value)] if step.raise_to else []
        later.append(AFTER(time=duration(step.after_s), what=", ".join([*step.tell, *graver])))
    return "; ".join([*([", ".join(definition.tell)] if definition.tell else []), *later])


def linked(links: Iterable[Link]) -> str:
    """Say what is told to which devices."""
    return "; ".join(f"{link.action} → {_whom(link)}" for link in links)


def duration(seconds: float) -> str:
    """Write seconds as people do: 90 s, 5 min, 2 h."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size and not seconds % size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _whom(link: Link) -> str:
    whom = [*link.to.devices, *(f"{kind}/*" for kind in link.to.kinds)]
    areas = [*link.to.areas, *([SAME_AREA()] if link.same_area else [])]
    return ", ".join(whom or [EVERYTHING()]) + (f" ({', '.join(areas)})" if areas else "")


def _comparison(test: Test) -> str:
    if test.above is not None and test.below is not None:
        return f"{test.above:g} < {test.property} < {test.below:g}"
    if test.above is not None:
        return f"{test.property} > {test.above:g}"
    if test.below is not None:
        return f"{test.property} < {test.below:g}"
    if test.in_:
        return f"{test.property} = {_values(test.in_)}"
    return test.property or "" if test.equals is None else f"{test.property} = {_values(test.equals)}"


def _values(value: Scalar | tuple[Scalar, ...]) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return OR().join(str(each).lower() if isinstance(each, bool) else str(each) for each in values)
