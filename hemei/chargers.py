"""What connectors of chargers must agree on among themselves and with the tariffs."""

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import msgspec

from contract.charging import CHARGER_KIND
from drivers.charger.options import ChargerOptions
from hemei.site import Site
from hub.charging.payment.free import FreeOfCharge
from hub.charging.payment.providers import known_payments


class Connector(NamedTuple):
    """A connector of the site file: `charger/garage-1`, its driver host, what is said of it."""

    name: str
    host: str
    options: ChargerOptions

    @property
    def listener(self) -> str:
        """Where its post connects to."""
        return self.options.parsed_wire().listener

    @property
    def post(self) -> str:
        """The post at that listener."""
        return f"{self.listener}/{self.options.parsed_wire().post}"

    @property
    def place(self) -> str:
        """The connector at that post."""
        return f"{self.post}?connector={self.options.parsed_wire().connector}"


Told = Callable[[Connector], object]


class _Agreement(NamedTuple):
    """Connectors that have `of` in common (None: not concerned) must be told the same `told`."""

    what: str
    of: Told
    told: Told


AGREEMENTS: Final = (
    _Agreement(
        "supply_limit of supply_group",
        lambda each: each.options.supply_group,
        lambda each: each.options.supply_limit,
    ),
    _Agreement("driver_host of supply_group", lambda each: each.options.supply_group, lambda each: each.host),
    _Agreement("driver_host of post", lambda each: each.post, lambda each: each.host),
    _Agreement("password_file of post", lambda each: each.post, lambda each: each.options.password_file),
    _Agreement(
        "certificate_file and key_file of",
        lambda each: each.listener,
        lambda each: (each.options.certificate_file, each.options.key_file),
    ),
)


def faults(site: Site) -> Iterator[str]:
    """Yield where connectors contradict each other."""
    there = connectors(site)
    for place, those in _grouped(there, lambda each: each.place).items():
        if len(those) > 1:
            yield f"[device.options] wire: {place} stands at {_names(those)}; allowed: one device"
    for what, of, told in AGREEMENTS:
        concerned = [each for each in there if of(each) is not None]
        for key, those in _grouped(concerned, of).items():
            by_value = _grouped(those, told)
            if len(by_value) > 1:
                said = ", ".join(f"{value!r} at {_names(who)}" for value, who in by_value.items())
                yield f"[device.options] {what} {key}: {said}; allowed: the same at all of them"
    yield from _tariff_faults(site, there)


def _tariff_faults(site: Site, there: Sequence[Connector]) -> Iterator[str]:
    charging = site.tables.charging
    if charging.payment not in known_payments():
        allowed = ", ".join(known_payments())
        yield f"[charging] payment = {charging.payment!r}: takes no money; allowed: {allowed}"
    known = [f"{each.kind}/{each.id}" for each in site.tables.device if each.kind == CHARGER_KIND]
    for tariff in charging.tariff:
        for name in tariff.devices:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                guess = f"did you mean {close[0]}? " if close else ""
                allowed = ", ".join(known) or "none: there is no charger"
                place = f"[charging.tariff {tariff.id}] devices"
                yield f"{place}: {name!r} is no connector; {guess}allowed: {allowed}"
    if charging.payment == FreeOfCharge.name:
        return
    without = [each for each in there if charging.tariff_of(each.name, each.options.vehicle) is None]
    for vehicle, those in _grouped(without, lambda each: each.options.vehicle.value).items():
        yield (
            f"[charging] tariff: none is for {_names(those)}; allowed: one that names them in devices,"
            f" one with vehicles = [{vehicle!r}], or one for all others, without either"
        )


def connectors(site: Site) -> list[Connector]:
    """Return the connectors whose options are right; `hemei check` tells of the others."""
    found = []
    for each in site.tables.device:
        if each.family_name == CHARGER_KIND:
            with suppress(msgspec.ValidationError):
                options = msgspec.convert(each.options, ChargerOptions)
                found.append(Connector(f"{each.kind}/{each.id}", each.driver_host, options))
    return found


def _grouped(those: Sequence[Connector], of: Told) -> dict[object, list[Connector]]:
    groups = defaultdict(list)
    for each in those:
        groups[of(each)].append(each)
    return dict(groups)


def _names(those: Sequence[Connector]) -> str:
    return ", ".join(each.name for each in those)
