"""Says a scope in words, for the cover of a bundle."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from contract.clock import from_epoch_ms
from contract.things import Words
from hub.disclosure.reading.columns import TITLES
from hub.disclosure.scope import Scope
from hub.settings import HubSettings

Pair = tuple[str, str]
"""In Chinese, and in English."""


def scope_words(scope: Scope, settings: HubSettings) -> Words:
    """Return what a scope says."""
    chinese, english = zip(*_parts(scope, settings), strict=True)
    return {"zh-CN": "；".join(chinese), "en": "; ".join(english)}


def _parts(scope: Scope, settings: HubSettings) -> Iterator[Pair]:
    since, until = (_time(each, settings) for each in (scope.from_ms, scope.to_ms))
    yield f"{since} 至 {until}（不含）", f"from {since} until before {until}"
    kinds = [TITLES[kind] for kind in scope.kinds]
    yield "、".join(each["zh-CN"] for each in kinds), ", ".join(each["en"] for each in kinds)
    yield from _where(scope, settings)
    yield from _of_whom(scope)
    yield ("含图片", "with pictures") if scope.pictures else ("不含图片", "without pictures")
    yield ("含录像", "with clips") if scope.clips else ("不含录像", "without clips")


def _where(scope: Scope, settings: HubSettings) -> Iterator[Pair]:
    if scope.devices:
        yield f"设备 {'、'.join(scope.devices)}", f"devices {', '.join(scope.devices)}"
    if scope.areas:
        titles = [(key, settings.areas.get(key, {})) for key in scope.areas]
        chinese, english = ([title.get(each, key) for key, title in titles] for each in ("zh-CN", "en"))
        yield f"区域 {'、'.join(chinese)}", f"areas {', '.join(english)}"


def _of_whom(scope: Scope) -> Iterator[Pair]:
    named = (
        (scope.plate, "车牌", "plate"),
        (scope.person, "人员", "person"),
        (scope.vehicle, "车辆", "vehicle"),
    )
    yield from ((f"{chinese} {text}", f"{english} {text}") for text, chinese, english in named if text)
    picked = ((len(scope.passes), "通行", "passes"), (len(scope.alarms), "报警", "alarms"))
    yield from (
        (f"选定的{chinese} {number} 条", f"{number} picked {english}")
        for number, chinese, english in picked
        if number
    )


def _time(at_ms: int, settings: HubSettings) -> str:
    return from_epoch_ms(at_ms).astimezone(ZoneInfo(settings.timezone)).strftime("%Y-%m-%d %H:%M:%S")
