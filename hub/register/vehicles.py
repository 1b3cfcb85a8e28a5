"""Vehicles: plates that may pass gates, and blocked ones that must not."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from contract.errors import InvalidMessage
from contract.lists import Category, ListName
from hub.alarms.alarm import Actor
from hub.register.entries import vehicle_entry
from hub.register.keeping import Keeping, check_version, check_window, there
from hub.register.levels import levels_after
from hub.register.names import VEHICLE, new_key
from hub.register.plate import read_plate
from hub.register.records import Vehicle
from hub.register.refusals import RegisterRefused
from hub.register.schema import vehicles
from hub.register.searching import page_of, vehicles_where
from hub.register.show import Shower
from hub.register.view import VehiclePage, VehicleView
from hub.register.visiting import revoke_plate
from hub.register.wanted import VehiclesWanted, Window


class Vehicles:
    """One tenant's vehicles. Lives on the hub's event loop."""

    def __init__(self, keeping: Keeping, shower: Shower) -> None:
        self._keeping = keeping
        self._shower = shower
        self._rows = keeping.tables.vehicles

    async def find(self, wanted: VehiclesWanted, window: Window) -> VehiclePage:
        """List vehicles by plate."""
        where = vehicles_where(self._rows.tenant, wanted)

        def read(connection: Connection) -> VehiclePage:
            order = (vehicles.c.plate, vehicles.c.key)
            keys, total = page_of(connection, vehicles, vehicles.c.key, where, order, window)
            found, upto = self._rows.by_key(connection, keys), window.after + window.limit
            shown = self._shower.vehicles(connection, [found[key] for key in keys])
            return VehiclePage(vehicles=shown, total=total, next=upto if upto < total else None)

        return await self._keeping.read(read)

    async def get(self, key: str) -> VehicleView:
        """Show a vehicle. Unknown."""

        def read(connection: Connection) -> VehicleView:
            return self._shower.vehicle(connection, there(self._rows.get(connection, key), "vehicle"))

        return await self._keeping.read(read)

    async def add(self, fields: Mapping[str, Any], who: Actor) -> VehicleView:
        """Add a vehicle. InvalidMessage, RegisterRefused."""

        def work(connection: Connection) -> VehicleView:
            read = levels_after(_read(fields))
            made = Vehicle(key=new_key(VEHICLE), changed_ms=self._keeping.clock.now_ms(), **read)
            made = self._checked(connection, made)
            self._add(connection, made)
            self._keeping.trail.write(
                connection, who, "vehicle.added", made.key, household=made.household, person=made.person
            )
            return self._shower.vehicle(connection, made)

        return await self._keeping.write(work)

    async def change(self, key: str, fields: Mapping[str, Any], version: int, who: Actor) -> VehicleView:
        """Change a vehicle. InvalidMessage, RegisterRefused, Stale, Unknown."""

        def work(connection: Connection) -> VehicleView:
            before = self._held(connection, key, version)
            changes = levels_after(_read(fields), before)
            if before.blocked and changes.get("plate", before.plate) != before.plate:
                raise RegisterRefused("it is blocked; unblock it first", code="already-blocked")
            other = self.with_plate(connection, changes.get("plate", before.plate))
            if other is not None and other.key != key:
                raise _taken(other)
            wanted = self._checked(connection, replace(before, **changes))
            changes |= {"household": wanted.household, "block_only": False}
            after = self._changed(connection, before, **changes)
            self._keeping.trail.write(connection, who, "vehicle.changed", key, fields=sorted(fields))
            return self._shower.vehicle(connection, after)

        return await self._keeping.write(work)

    async def remove(self, key: str, version: int, who: Actor, reason: str) -> VehicleView:
        """Take a vehicle off the register and the lists. Stale, Unknown, RegisterRefused: it is blocked."""

        def work(connection: Connection) -> VehicleView:
            before = self._held(connection, key, version)
            if before.blocked:
                raise RegisterRefused("it is blocked; unblock it first", code="already-blocked")
            after = _removed(self._keeping, connection, before)
            self._keeping.trail.write(connection, who, "vehicle.removed", key, reason=reason)
            return self._shower.vehicle(connection, after)

        return await self._keeping.write(work)

    async def block(self, plate: str, reason: str, who: Actor) -> VehicleView:
        """Have no gate open for a plate; passes with it are revoked. InvalidMessage, RegisterRefused."""
        plate = read_plate(plate)

        def work(connection: Connection) -> VehicleView:
            now_ms = self._keeping.clock.now_ms()
            why = {"blocked": True, "blocked_reason": reason, "blocked_by": who.who, "blocked_ms": now_ms}
            known = self.with_plate(connection, plate)
            if known is None:
                after = new_blocked(plate, now_ms, why)
                self._add(connection, after)
            elif known.blocked:
                raise RegisterRefused("the plate is blocked already", code="already-blocked")
            else:
                after = self._changed(connection, known, **why)
            revoked = revoke_plate(self._keeping, connection, plate, who)
            self._keeping.trail.write(
                connection, who, "plate.blocked", after.key, reason=reason, passes=revoked
            )
            return self._shower.vehicle(connection, after)

        return await self._keeping.write(work)

    async def unblock(self, key: str, version: int, who: Actor, reason: str) -> VehicleView:
        """Lift a block; what was here for it alone is removed. RegisterRefused, Stale, Unknown."""

        def work(connection: Connection) -> VehicleView:
            before = self._held(connection, key, version)
            if not before.blocked:
                raise RegisterRefused("the plate is not blocked", code="not-blocked")
            after = self._changed(
                connection, before, blocked=False, blocked_reason="", blocked_by=None, blocked_ms=None
            )
            if before.block_only:
                after = _removed(self._keeping, connection, after)
            self._keeping.trail.write(connection, who, "plate.unblocked", key, reason=reason)
            return self._shower.vehicle(connection, after)

        return await self._keeping.write(work)

    def with_plate(self, connection: Connection, plate: str) -> Vehicle | None:
        """Read the vehicle that has a plate now."""
        return self._rows.first(connection, vehicles.c.plate == plate, vehicles.c.removed_ms.is_(None))

    def _add(self, connection: Connection, made: Vehicle) -> None:
        if not self._rows.add(connection, [made]):
            known = self.with_plate(connection, made.plate)
            raise _taken(there(known, "vehicle"))
        self._keeping.lists.put(connection, [vehicle_entry(made)])

    def _changed(self, connection: Connection, before: Vehicle, **changes: Any) -> Vehicle:
        now_ms = self._keeping.clock.now_ms()
        after = self._rows.change(connection, before, changed_ms=now_ms, **changes)
        self._keeping.lists.put(connection, [vehicle_entry(after)])
        return after

    def _held(self, connection: Connection, key: str, version: int) -> Vehicle:
        vehicle = there(self._rows.hold(connection, key), "vehicle")
        check_version(vehicle.version, version, lambda: self._shower.vehicle(connection, vehicle))
        if vehicle.removed_ms is not None:
            raise RegisterRefused("it was removed; add it anew", code="was-removed")
        return vehicle

    def _checked(self, connection: Connection, vehicle: Vehicle) -> Vehicle:
        """Return a vehicle with its owner's household, if it has none of its own. InvalidMessage."""
        if vehicle.person is not None:
            owner = self._keeping.tables.people.get(connection, vehicle.person)
            if owner is None or owner.left_ms is not None:
                raise InvalidMessage(f"there is nobody {vehicle.person!r}", code="unknown-person")
            vehicle = replace(vehicle, household=vehicle.household or owner.household)
        self._keeping.check_household(connection, vehicle.household)
        self._keeping.check_levels(connection, vehicle.levels)
        check_window(vehicle.valid_from_ms, vehicle.valid_until_ms)
        return vehicle


def owner_leaves(keeping: Keeping, connection: Connection, person: str, *, keep: bool) -> None:
    """Remove the vehicles of somebody who leaves, or have them be the household's; blocked ones stay."""
    theirs = (vehicles.c.person == person, vehicles.c.removed_ms.is_(None))
    for vehicle in keeping.tables.vehicles.find(connection, *theirs):
        if keep or vehicle.blocked:
            after = keeping.tables.vehicles.change(
                connection, vehicle, person=None, changed_ms=keeping.clock.now_ms()
            )
            keeping.lists.put(connection, [vehicle_entry(after)])
        else:
            _removed(keeping, connection, vehicle)


def new_blocked(plate: str, now_ms: int, why: Mapping[str, Any]) -> Vehicle:
    """Make the row of a plate that is here for its block alone."""
    return Vehicle(
        key=new_key(VEHICLE),
        plate=plate,
        category=Category.VISITOR,
        block_only=True,
        changed_ms=now_ms,
        **why,
    )


def _removed(keeping: Keeping, connection: Connection, vehicle: Vehicle) -> Vehicle:
    now_ms = keeping.clock.now_ms()
    keeping.lists.drop(connection, ListName.VEHICLES, [vehicle.key])
    return keeping.tables.vehicles.change(connection, vehicle, removed_ms=now_ms, changed_ms=now_ms)


def _taken(other: Vehicle) -> RegisterRefused:
    how = "blocked" if other.blocked else "registered"
    return RegisterRefused(f"the plate is {how} already, as {other.key}", code="plate-taken")


def _read(fields: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(fields)
    if "plate" in read:
        read["plate"] = read_plate(read["plate"])
    return read
