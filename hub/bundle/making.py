"""Makes a bundle in a folder; killed at any moment and started again, it goes on and gives the same bytes.

The folder holds `content/` (the files as they will be unpacked), `packed/` (the compressed ones) and
`progress.json`; when the bundle is ready, only the bundle, the files beside it and `progress.json` are left.
Only a time stamp and an encryption differ from one making to the next: another's clock, fresh keys.
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from contract.clock import Clock, epoch_ms
from hub.audit.canonical import canonical
from hub.bundle import manifest, names
from hub.bundle.contents import Contents, Counted, Stamped
from hub.bundle.cover import Cover, cover
from hub.bundle.cover_page import cover_page
from hub.bundle.custody import Custody, chained
from hub.bundle.errors import MakingCancelled, SourceFault
from hub.bundle.files import sha256_of, whole, write_whole
from hub.bundle.gathering import MEDIA_LIST, Gathering, file_of, media_in
from hub.bundle.keys import Signer, SigningKeys
from hub.bundle.packing import Part, pack, write_zip
from hub.bundle.progress import Bundle, Done, Progress, Stage, read_done, write_done
from hub.bundle.readme import readme
from hub.bundle.sealing import NAMED, check_recipients, encrypt
from hub.bundle.source import Facts, Source, TableSpec
from hub.bundle.times import moment

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_PROOFS: Final = 4
"""Files beside those in the manifest: itself, SHA256SUMS, and the signature of each."""

_STAMP_FILES: Final = 2


class Options(Struct, frozen=True, kw_only=True):
    """`recipients`: public keys of age; none: not encrypted. `stamper`: a time stamp server's address.

    `authority`: a file with the certificates that its stamps must lead to; None: nobody looks whose they are.
    """

    recipients: tuple[str, ...] = ()
    stamper: str | None = None
    authority: str | None = None

    @property
    def shown(self) -> dict[str, object]:
        """Return what of it can be seen in a bundle."""
        return {"recipients": self.recipients, "stamper": self.stamper}


class Making:
    """One bundle. Blocking: it belongs into a process of its own.

    WrongRecipient, ConfigurationError: an option is wrong. SourceFault: the source does not keep to what it
    announced. StampFailed, MakingCancelled: it may be run again.
    """

    def __init__(
        self,
        folder: Path,
        source: Source,
        facts: Facts,
        keys: SigningKeys,
        options: Options,
        clock: Clock,
    ) -> None:
        check_recipients(options.recipients)
        for name in (facts.number, *(table.name for table in source.tables())):
            if not names.is_safe(name) or "/" in name:
                raise SourceFault(f"{name!r} cannot be the name of a file")
        self._folder, self._source, self._facts, self._options = folder, source, facts, options
        self._roots = _roots(options)
        self._clock = clock
        self._signer: Signer = keys.current()
        self._content, self._shelf = folder / "content", folder / "packed"
        self._zip = folder / f"{facts.number}.zip"
        self._stamped: Stamped | None = None
        self._tell: Callable[[Progress], None] = lambda _progress: None

    def run(self, on_progress: Callable[[Progress], None], is_cancelled: Callable[[], bool]) -> Bundle:
        """Make the bundle, or what is missing of it."""

        def tell(progress: Progress) -> None:
            on_progress(progress)
            if is_cancelled():
                raise MakingCancelled("the making was cancelled; it can be resumed")

        self._tell = tell
        done = self._begun()
        if done.bundle is not None:
            self._clear()
            return done.bundle
        Gathering(self._folder, self._source, self._facts, done, tell).run()
        self._sheets()
        custody = self._papers(done)
        parts = self._pack()
        parts += self._proofs(parts, done, custody)
        zip_sha256 = write_zip(parts, self._zip, self._telling(Stage.WRITING))
        self._beside(zip_sha256)
        done.bundle = self._finished(done, zip_sha256, len(parts))
        write_done(self._folder, done)
        self._clear()
        return done.bundle

    def _begun(self) -> Done:
        """Return what is finished of this bundle; what is there of another one goes."""
        facts = hashlib.sha256(
            canonical([self._facts, self._options.shown, self._signer.public.fingerprint])
        ).hexdigest()
        done = read_done(self._folder, facts)
        if done is None or self._is_lost(done):
            self._clear()
            for file in {*self._folder.glob("*.zip*"), *self._folder.glob(".*.new")}:
                file.unlink()
            done = Done(facts=facts)
            write_done(self._folder, done)
        return done

    def _is_lost(self, done: Done) -> bool:
        """Whether somebody took away what was finished."""
        if done.bundle is not None:
            return not (self._folder / done.bundle.name).exists()
        return bool(done.tables) and not self._content.is_dir()

    def _clear(self) -> None:
        for folder in (self._content, self._shelf):
            shutil.rmtree(folder, ignore_errors=True)
        (self._folder / MEDIA_LIST).unlink(missing_ok=True)

    def _telling(self, stage: Stage) -> Callable[[int, int], None]:
        return lambda done, total: self._tell(Progress(stage=stage, done=done, total=total))

    def _sheets(self) -> None:
        for table in self._source.tables():
            file = self._content / "data" / f"{table.name}.xlsx"
            if not file.exists():
                self._sheet(table, file)

    def _sheet(self, table: TableSpec, file: Path) -> None:
        """Write a workbook; what a killed making left of one goes first."""
        from hub.bundle.sheets import write_workbook  # noqa: PLC0415 - as with the cover

        desk = self._shelf / "sheet"
        shutil.rmtree(desk, ignore_errors=True)
        desk.mkdir(parents=True)
        lines, fresh = file.with_suffix(".jsonl"), desk / file.name
        tell = self._telling(Stage.SHEETS)
        total = self._source.count(table.name)
        zone = ZoneInfo(self._facts.timezone)
        write_workbook(lines, fresh, table, zone, self._facts.made_ms, lambda rows: tell(rows, total))
        with whole(file) as out, fresh.open("rb") as made:
            shutil.copyfileobj(made, out)
        shutil.rmtree(desk)

    def _papers(self, done: Done) -> Custody:
        """Write cover, custody, key and README: cheap, so always anew."""
        fingerprint = self._signer.public.fingerprint
        covered = cover(self._facts, self._source, done, fingerprint)
        custody = chained(self._facts.steps)
        papers = {
            names.COVER_PAGE: cover_page(covered),
            names.COVER_PDF: self._cover_pdf(covered),
            names.CUSTODY: custody.text,
            names.SIGNER: self._signer.public.pem,
        }
        stamped = self._options.stamper is not None
        told = len(papers) + 1 + 3 * len(done.tables) + sum(1 for _ in media_in(self._folder))
        files = told + _PROOFS + (_STAMP_FILES if stamped else 0)
        papers[names.README] = readme(self._facts, fingerprint, files, stamped=stamped)
        for name, text in papers.items():
            write_whole(self._content / name, text)
        return custody

    def _cover_pdf(self, covered: Cover) -> bytes:
        from hub.bundle.cover_pdf import cover_pdf  # noqa: PLC0415 - the hub, which loads this, makes none itself

        return cover_pdf(covered, moment(self._facts.made_ms))

    def _pack(self) -> list[Part]:
        wanted = [names.README, names.COVER_PAGE, names.COVER_PDF, names.CUSTODY, names.SIGNER]
        for table in self._source.tables():
            wanted += [f"data/{table.name}.{suffix}" for suffix in ("csv", "jsonl", "xlsx")]
        wanted += [file_of(each) for each in media_in(self._folder)]
        tell, parts = self._telling(Stage.PACKING), []
        for number, name in enumerate(names.in_order(wanted), 1):
            parts.append(pack(self._content, self._shelf, name))
            tell(number, len(wanted))
        return parts

    def _proofs(self, parts: list[Part], done: Done, custody: Custody) -> list[Part]:
        """Write the manifest, the sums, what signs them, and the stamp."""
        self._telling(Stage.SIGNING)(0, 1)
        given = manifest.Parts(
            tables=done.tables,
            media=media_in(self._folder),
            custody=custody,
            files=[part.told for part in parts],
            fingerprint=self._signer.public.fingerprint,
            stamped=self._options.stamper is not None,
        )
        text = manifest.written(self._facts, self._source, given)
        made = self._signed(names.MANIFEST, text)
        sums = [(part.told.sha256, part.told.name) for part in parts]
        sums.append((hashlib.sha256(text).hexdigest(), names.MANIFEST))
        listed = "".join(f"{digest}  {name}\n" for digest, name in sums).encode()
        made += self._signed(names.SUMS, listed)
        if self._options.stamper is not None:
            made += self._signed(names.STAMP, self._stamp(self._options.stamper, listed))
        return [pack(self._content, self._shelf, name) for name in names.in_order(made)]

    def _stamp(self, stamper: str, listed: bytes) -> bytes:
        """Return the stamp; one that is there already is of the same sums, and stays."""
        from hub.bundle.stamping import ask_for_stamp, read_stamp  # noqa: PLC0415 - as with the cover; and few want one

        kept = self._shelf / f"{hashlib.sha256(listed).hexdigest()}.tsr"
        if not kept.exists():
            write_whole(kept, ask_for_stamp(stamper, listed, self._clock.now(), self._roots))
        answer = kept.read_bytes()
        stamp = read_stamp(answer, listed, ())
        self._stamped = Stamped(at_ms=epoch_ms(stamp.at), by=stamp.by)
        return answer

    def _signed(self, name: str, text: bytes) -> list[str]:
        signature = names.signature_of(name)
        write_whole(self._content / name, text)
        write_whole(self._content / signature, self._signer.sign(text))
        return [name, signature]

    def _beside(self, zip_sha256: str) -> None:
        """Write the sum of the ZIP beside it, and its signature."""
        text = f"{zip_sha256}  {self._zip.name}\n".encode()
        beside = f"{self._zip.name}.sha256"
        write_whole(self._folder / beside, text)
        write_whole(self._folder / names.signature_of(beside), self._signer.sign(text))

    def _finished(self, done: Done, zip_sha256: str, files: int) -> Bundle:
        path, sha256 = self._zip, zip_sha256
        if self._options.recipients:
            self._telling(Stage.ENCRYPTING)(0, 1)
            path = self._folder / f"{self._zip.name}{NAMED}"
            encrypt(self._zip, path, self._options.recipients)
            sha256 = sha256_of(path)
            self._zip.unlink()
        return Bundle(
            name=path.name,
            bytes=path.stat().st_size,
            sha256=sha256,
            zip_sha256=zip_sha256,
            files=files,
            rows=sum(table.rows for table in done.tables.values()),
            encrypted=bool(self._options.recipients),
            made_ms=self._facts.made_ms,
            signer=self._signer.public.fingerprint,
            contents=self._contents(done),
        )

    def _contents(self, done: Done) -> Contents:
        kinds = Counter(each.kind for each in media_in(self._folder))
        tables, withheld = self._source.tables(), self._source.withheld()
        return Contents(
            tables=tuple(Counted(what=each.title, number=done.tables[each.name].rows) for each in tables),
            pictures=kinds["picture"],
            clips=kinds["clip"],
            withheld=tuple(Counted(what=each.why, number=each.number) for each in withheld),
            software=self._facts.software,
            stamp=self._stamped,
        )


def _roots(options: Options) -> Sequence["Certificate"]:
    """Read whose stamps are good before anything is made."""
    if options.stamper is None or options.authority is None:
        return ()
    from hub.bundle.stamping import roots_in  # noqa: PLC0415 - as with the cover; and few want one

    return roots_in(Path(options.authority))
