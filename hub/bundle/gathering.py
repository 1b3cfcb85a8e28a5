"""Reads the source into files, a chunk at a time, so that a killed making goes on behind the last chunk.

A chunk counts when its rows, its pictures and then `progress.json` are on the disk. What a killed making
wrote behind that is cut off and read again, so the files are those of a making that nobody disturbed.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from hub.bundle.errors import SourceFault
from hub.bundle.files import settle, write_whole
from hub.bundle.progress import BARS, Done, Progress, Stage, TableDone, write_done
from hub.bundle.source import Facts, MediaFile, Row, Source, TableSpec
from hub.bundle.tables import Writing, csv_head

CHUNK: Final = 5_000
"""Rows."""

CHUNK_MEDIA: Final = 200
"""Pictures after which a chunk ends before it has all its rows."""

MEDIA_LIST: Final = "media.jsonl"

Tell = Callable[[Progress], None]


class Gathering:
    """Writes `data/` and `media/` below `content`, and what pictures there are into `media.jsonl`."""

    def __init__(self, folder: Path, source: Source, facts: Facts, done: Done, tell: Tell) -> None:
        self._folder, self._source, self._facts, self._done, self._tell = folder, source, facts, done, tell
        self._content = folder / "content"
        self._zone = ZoneInfo(facts.timezone)
        self._names: dict[str, str] = {}
        self._total = 0

    def run(self) -> None:
        """Read what is not read yet; `tell` is called after each chunk, and may raise to stop."""
        for name in ("data", "media"):
            (self._content / name).mkdir(parents=True, exist_ok=True)
        self._names = {each.sha256: file_of(each) for each in self._kept_media()}
        tables = self._source.tables()
        self._total = sum(self._source.count(table.name) for table in tables)
        for table in tables:
            done = self._done.tables.setdefault(table.name, TableDone())
            if not done.complete:
                self._table(table, done)

    def _table(self, table: TableSpec, done: TableDone) -> None:
        lines, sheet = self._file(table, "jsonl"), self._file(table, "csv")
        if not done.csv:
            sheet.write_bytes(csv_head(table))
            done.csv = sheet.stat().st_size
            lines.write_bytes(b"")
        writing = Writing(table, self._zone, self._names)
        rows = self._source.rows(table.name, done.cursor)
        while chunk := list(islice(rows, CHUNK)):
            for part in self._by_media(chunk):
                self._chunk(part, done, writing, (lines, sheet))
        done.complete = True
        self._keep()

    def _by_media(self, chunk: list[Row]) -> Iterator[list[Row]]:
        """Cut a chunk where it has too many pictures: they are on the disk before the next are read."""
        begun, pictures = 0, 0
        for place, row in enumerate(chunk):
            pictures += len(row.media)
            if pictures >= CHUNK_MEDIA:
                yield chunk[begun : place + 1]
                begun, pictures = place + 1, 0
        if begun < len(chunk):
            yield chunk[begun:]

    def _chunk(
        self, rows: Sequence[Row], done: TableDone, writing: Writing, files: tuple[Path, Path]
    ) -> None:
        self._write_media(rows)
        written = [writing.both(row) for row in rows]
        done.lines = _extend(files[0], done.lines, b"".join(line for line, _ in written))
        done.csv = _extend(files[1], done.csv, b"".join(line for _, line in written))
        done.cursor, done.rows = rows[-1].cursor, done.rows + len(rows)
        for row in rows:
            self._count(row, done)
        self._keep()

    def _keep(self) -> None:
        write_done(self._folder, self._done)
        rows = sum(table.rows for table in self._done.tables.values())
        self._tell(Progress(stage=Stage.READING, done=rows, total=max(self._total, rows)))

    def _count(self, row: Row, done: TableDone) -> None:
        done.first_at_ms, done.last_at_ms = _span(done.first_at_ms, done.last_at_ms, row.at_ms)
        received = row.received_ms
        done.first_received_ms, done.last_received_ms = _span(
            done.first_received_ms, done.last_received_ms, received
        )
        length = self._facts.to_ms - self._facts.from_ms
        if row.at_ms is not None and 0 <= row.at_ms - self._facts.from_ms < length:
            self._done.bars[(row.at_ms - self._facts.from_ms) * BARS // length] += 1

    def _write_media(self, rows: Sequence[Row]) -> None:
        fresh: list[MediaFile] = []
        for row in rows:
            fresh += self._write_pictures(row)
        if fresh:
            settle(self._content / "media")
            text = b"".join(msgspec.json.encode(each) + b"\n" for each in fresh)
            self._done.media = _extend(self._folder / MEDIA_LIST, self._done.media, text)

    def _write_pictures(self, row: Row) -> Iterator[MediaFile]:
        missing = set(row.media) - self._names.keys()
        if not missing:
            return
        for file, content in self._source.media(row):
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise SourceFault(f"the bytes of picture {file.sha256} are not those announced")
            if file.sha256 in missing:
                missing.remove(file.sha256)
                write_whole(self._content / file_of(file), content)
                self._names[file.sha256] = file_of(file)
                yield file
        if missing:
            raise SourceFault(f"row {row.cursor} names pictures that the source does not give: {missing}")

    def _kept_media(self) -> Iterator[MediaFile]:
        """Read which pictures are there, and cut off what was not finished."""
        _extend(self._folder / MEDIA_LIST, self._done.media, b"")
        return media_in(self._folder)

    def _file(self, table: TableSpec, suffix: str) -> Path:
        return self._content / "data" / f"{table.name}.{suffix}"


def media_in(folder: Path) -> Iterator[MediaFile]:
    """Read which pictures and clips were written, in the order of the rows."""
    with (folder / MEDIA_LIST).open("rb") as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=MediaFile)


def file_of(file: MediaFile) -> str:
    """Return a picture's name in the bundle."""
    return f"media/{file.sha256}.{file.suffix}"


def _extend(file: Path, length: int, more: bytes) -> int:
    """Cut a file to its finished length, append, and return the new length when it is on the disk."""
    with file.open("r+b" if file.exists() else "w+b") as out:
        if out.seek(0, os.SEEK_END) < length:
            raise SourceFault(f"{file.name} is shorter than what was finished of it: begin anew")
        out.truncate(length)
        out.seek(length)
        out.write(more)
        out.flush()
        os.fsync(out.fileno())
        return out.tell()


def _span(first: int | None, last: int | None, at: int | None) -> tuple[int | None, int | None]:
    if at is None:
        return first, last
    return (at if first is None else min(first, at)), (at if last is None else max(last, at))
