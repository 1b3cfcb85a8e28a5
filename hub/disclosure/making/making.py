"""Makes one bundle, in a process of its own. Blocking."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Engine

from contract.clock import Clock
from contract.errors import Refused
from hub.bundle.files import write_whole
from hub.bundle.keys import SigningKeys
from hub.bundle.making import Making, Options
from hub.bundle.progress import Bundle, Progress
from hub.disclosure.making.gentle import sole_maker
from hub.disclosure.making.job import Job, facts_of, keep_job, kept_job
from hub.disclosure.making.telling import WHOSE_FILE
from hub.disclosure.reading.bounds import Surroundings
from hub.disclosure.reading.reader import Places, Reader
from hub.disclosure.request import Disclosure, DisclosureStep
from hub.disclosure.states import State
from hub.disclosure.store import DisclosureStore
from hub.ledger.engine import open_ledger
from hub.settings import HubSettings

KEYS: Final = "keys"
"""Folder of the signing keys, in the hub's `data_dir`."""

MADE_FROM: Final = (State.APPROVED, State.MAKING)
NOT_RELEASED: Final = (
    "披露 {number} 现为 {state}，不能制作 · disclosure {number} is {state}: only what is approved can be made"
)


class Released(NamedTuple):
    """A disclosure that may be made, and its way until now."""

    disclosure: Disclosure
    way: list[DisclosureStep]


class Follow(NamedTuple):
    """Who hears how far it is, and says whether to stop."""

    on_progress: Callable[[Progress], None]
    is_cancelled: Callable[[], bool]


def make(settings: HubSettings, ident: str, clock: Clock, follow: Follow) -> Bundle:
    """Make the bundle of a released disclosure, or what is missing of it.

    Refused: it is not released, or another process makes it. HemeiError, SQLAlchemyError, OSError.
    """
    engine = open_ledger(settings.ledger)
    try:
        released = _released(engine, settings.tenant, ident)
        folder = settings.disclosures_dir / ident
        with sole_maker(folder):
            job = kept_job(folder)
            if job is None:
                job = begin_job(settings, engine, clock, released.disclosure, Surroundings())
            return _made(settings, engine, released, job, clock, follow)
    finally:
        engine.dispose()


def begin_job(
    settings: HubSettings, engine: Engine, clock: Clock, found: Disclosure, around: Surroundings
) -> Job:
    """Fix what a bundle is made of: what was in the ledger when it was released."""
    reader = reader_of(settings, engine)
    job = Job(
        cut=reader.cut(found.scope, found.decided_ms or 0),
        around=reader.with_areas(around),
        steps=found.steps,
        made_ms=clock.now_ms(),
        software=f"hemei-hub {version('hemei-hub')}",
    )
    keep_job(settings.disclosures_dir / found.id, job)
    return job


def reader_of(settings: HubSettings, engine: Engine) -> Reader:
    """Return what reads a hub's data on its way out."""
    places = Places(
        tenant=settings.tenant,
        media_dir=settings.media_dir,
        history_file=settings.history_file,
        influx=settings.influx,
    )
    return Reader(engine, places)


def _released(engine: Engine, tenant: str, ident: str) -> Released:
    store = DisclosureStore(tenant)
    with engine.connect() as connection:
        found = store.get(connection, ident)
        way = store.way(connection, ident)
    if found is None:
        raise Refused("没有这个披露 · there is no such disclosure", code="unknown")
    if found.state not in MADE_FROM:
        raise Refused(NOT_RELEASED.format(number=found.number, state=found.state.value), code="not-released")
    return Released(found, way)


def _made(
    settings: HubSettings, engine: Engine, released: Released, job: Job, clock: Clock, follow: Follow
) -> Bundle:
    found = released.disclosure
    folder = settings.disclosures_dir / found.id
    facts = facts_of(found, released.way, job, settings)
    said = settings.disclosure
    options = Options(
        recipients=found.recipients, stamper=said.stamp_url, authority=said.stamp_authority_file
    )
    keys = SigningKeys(settings.data_dir / KEYS)
    with reader_of(settings, engine).source(found.terms, found.scope, job.cut, job.around) as source:
        bundle = Making(folder, source, facts, keys, options, clock).run(*follow)
        _note(folder / WHOSE_FILE, source.whose)
    return bundle


def _note(file: Path, whose: Callable[[], set[tuple[str, str]]]) -> None:
    if not file.exists():
        write_whole(file, msgspec.json.encode(sorted(whose())))
