"""What tests of what leaves are made of: a site on disk, with passes, events, pictures and people."""

import hashlib
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from PIL import Image
from sqlalchemy import Engine, insert

from contract.clock import ManualClock, from_epoch_ms
from contract.plates import folded
from hemei.private_files import write_private
from hemei.settings import hub_settings
from hemei.site import read_site
from hub.disclosure.bases import LegalBasis, shipped_bases
from hub.disclosure.making.making import reader_of
from hub.disclosure.reading.bounds import Surroundings
from hub.disclosure.scope import DAY_MS, DataKind, Scope
from hub.ledger.engine import open_ledger
from hub.ledger.schema import events
from hub.ledger.transactions import Transactions
from hub.media import MediaStore
from hub.passes.record import Outcome, Pass
from hub.passes.schema import cursors
from hub.passes.store import PassStore
from hub.register.schema import households, people, vehicles
from tests.hemei.test_site import GOOD
from tests.ledgers import new_ledger

TENANT: Final = "default"
NOON_MS: Final = 1_790_000_000_000
DECIDED_MS: Final = NOON_MS + 3_600_000
PLATE: Final = "琼A12345"
OTHER: Final = "琼B67890"
BASES: Final = {each.key: each for each in shipped_bases()}
NOTHING: Final = Surroundings(areas={"gate/east-in": "east-gate"})
SCOPE: Final = Scope(
    from_ms=NOON_MS - DAY_MS,
    to_ms=NOON_MS + DAY_MS,
    kinds=(DataKind.PASSES, DataKind.EVENTS, DataKind.ALARMS),
)


class Yard:
    """One site: its folder, its settings and its ledger; `url` is that of another than SQLite's."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        file = folder / "site.toml"
        file.write_text(GOOD, encoding="utf-8")
        for secret in ("hub.mqtt", "gates.mqtt"):
            write_private(folder / "secrets" / secret, "secret\n")
        self.file = file
        self.settings = hub_settings(read_site(file))
        if url is not None:
            self.settings = msgspec.structs.replace(self.settings, ledger_url=url)
        else:
            new_ledger(self.settings.data_dir / "ledger.sqlite")
        self.engine: Engine = open_ledger(self.settings.ledger)
        self.clock = ManualClock()
        self.media = MediaStore(self.settings.media_dir)
        self.thread = ThreadPoolExecutor(1)
        self.ledger = Transactions(self.engine, self.thread)
        self.reader = reader_of(self.settings, self.engine)

    def close(self) -> None:
        """Let go of the ledger."""
        self.thread.shutdown()
        self.engine.dispose()

    def event(self, seq: int, data: Any, at_ms: int = NOON_MS, **fields: Any) -> None:
        """Put an event into the ledger."""
        self.write(events, [event_row(seq, data, at_ms, **fields)])

    def passes(self, *seqs: int, **fields: Any) -> None:
        """Put passes into the record, with the events that they are of."""
        with self.engine.begin() as connection:
            for seq in seqs:
                record = a_pass(seq, **fields)
                PassStore(TENANT, ZoneInfo("Asia/Shanghai")).add(connection, record)
        self.write(
            events, [event_row(seq, {}, received_ms=fields.get("received_ms", NOON_MS)) for seq in seqs]
        )

    def picture(self, seed: int = 7) -> str:
        """Keep a picture; return its SHA-256."""
        patches = bytes((seed * place) % 256 for place in range(16 * 9 * 3))
        picture = Image.frombytes("RGB", (16, 9), patches).resize((320, 180))
        file = io.BytesIO()
        picture.save(file, "JPEG")
        return self.keep(file.getvalue())

    def keep(self, content: bytes) -> str:
        """Keep the bytes of a picture or clip."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.media.save(sha256, content)
        return sha256

    def live(self) -> None:
        """Have somebody live here, with a vehicle."""
        home = {"key": "h-1", "building": "3", "unit": "2", "number": "501", "room": "3-2-501", "place": "3"}
        self.write(households, [filled(households, home)])
        self.write(
            people,
            [filled(people, {"key": "p-1", "household": "h-1", "name": "王小明", "phone": "13812345678"})],
        )
        self.write(vehicles, [filled(vehicles, {"key": "v-1", "plate": PLATE, "person": "p-1"})])

    def write(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Put rows into a table."""
        with self.engine.begin() as connection:
            connection.execute(insert(table), list(rows))

    def taken(self, seq: int) -> None:
        """Have the record of passes be as far as that."""
        self.write(cursors, [{"tenant": TENANT, "seq": seq}])


def event_row(seq: int, data: Any, at_ms: int = NOON_MS, **fields: Any) -> dict[str, Any]:
    """Return an event as its row."""
    body = {"id": str(seq), "time": from_epoch_ms(at_ms), "data": data}
    usual = {
        "seq": seq,
        "tenant": TENANT,
        "site": "hemei",
        "kind": "gate",
        "device": "east-in",
        "source": "hemei/gate/east-in",
        "id": str(seq),
        "type": "hemei.gate.opened",
        "time_ms": at_ms,
        "received_ms": at_ms + 40,
        "boot": "1",
        "sequence": seq,
        "payload": msgspec.json.encode(body).decode(),
    }
    return usual | fields


def a_pass(seq: int, **fields: Any) -> Pass:
    """Make a pass."""
    plate = fields.get("plate", PLATE)
    usual = {
        "seq": seq,
        "tenant": TENANT,
        "site": "hemei",
        "kind": "gate",
        "device": "east-in",
        "at_ms": NOON_MS + seq,
        "received_ms": NOON_MS + seq + 40,
        "outcome": Outcome.PASSED,
        "plate": plate,
        "folded": folded(plate) if plate else None,
    }
    return Pass(**usual | fields)


def basis(key: str, **fields: Any) -> LegalBasis:
    """Return a basis that ships, with these of its fields changed."""
    return msgspec.structs.replace(BASES[key], **fields)


def filled(table: Any, said: dict[str, Any]) -> dict[str, Any]:
    """Fill up a row with what says nothing."""
    empty = {
        column.name: 0 if column.type.python_type in (int, bool) else ""
        for column in table.columns
        if not column.nullable
    }
    lists = {name: "[]" for name in ("cards", "levels") if name in empty}
    return empty | lists | {"tenant": TENANT} | said
