"""A driver that does nothing but read lists, and says what it sees of them as properties."""

from pathlib import Path
from typing import ClassVar, Final

from msgspec import Struct

from contract.lists import Level, Person, Vehicle
from contract.things import Property, ThingModel
from drivers.runtime.interface import Changes, Driver, Port
from drivers.runtime.settings import DeviceSettings
from drivers.runtime.waiting import pause

TITLE: Final = {"zh-CN": "读者", "en": "Reader"}
KINDS: Final = {"levels": Level, "people": Person, "vehicles": Vehicle}


class ReaderOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lists it reads; `deaf`: one of its watchers raises."""

    lists: tuple[str, ...] = ("people", "vehicles")
    deaf: bool = False


class ReaderDriver(Driver[ReaderOptions]):
    """No device at all. `last`: the keys that the latest change named."""

    kind: ClassVar[str] = "sensor"
    options_type: ClassVar[type[ReaderOptions]] = ReaderOptions
    model = ThingModel(
        heartbeat_s=1.0,
        properties={
            **{
                f"{name}-{what}": Property(type="integer", title=TITLE)
                for name in KINDS
                for what in ("count", "revision")
            },
            "last": Property(type="string", title=TITLE),
        },
        actions={},
        events={},
    )

    async def run(self, port: Port) -> None:
        lists = {name: port.listed(KINDS[name]) for name in self.options.lists}
        last = ""

        def tell() -> None:
            seen: dict[str, int | str | None] = dict.fromkeys(self.model.properties)
            for name, listed in lists.items():
                if listed.known:
                    seen |= {f"{name}-count": len(listed.entries), f"{name}-revision": listed.revision}
            port.update({**seen, "last": last})

        def take(changes: Changes) -> None:
            nonlocal last
            last = ",".join(sorted([*changes.put, *(f"-{key}" for key in changes.drop)])[:20])
            tell()

        ends = [listed.watch(take) for listed in lists.values()]
        if self.options.deaf:
            ends = [listed.watch(self._refuse) for listed in lists.values()] + ends
        try:
            tell()
            port.ready()
            while True:
                await pause(port.clock, 0.5)
                tell()
        finally:
            for end in ends:
                end()

    def _refuse(self, changes: Changes) -> None:
        raise ZeroDivisionError("a bug in a watcher")


def device(name: str = "reader", **options: object) -> DeviceSettings:
    """Make the settings of one."""
    return DeviceSettings(kind="sensor", id=name, family="reader", title=TITLE, options=options)


def install(folder: Path) -> None:
    """Make it a package of somebody else: `folder` is to be on the path."""
    info = folder / "reader_driver-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: reader-driver\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[hemei.drivers]\nreader = tests.drivers.reader:ReaderDriver\n")
