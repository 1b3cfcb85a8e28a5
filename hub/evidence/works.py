"""One step with one piece, by its kind: each ends with the piece further, later or done."""

import asyncio
import hashlib
import secrets
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from contract.clock import epoch_ms
from contract.errors import HemeiError, InvalidMessage
from contract.things import ActionSeen
from hub.alarms.alarm import EntryKind
from hub.audit.canonical import canonical
from hub.evidence import answers, datafile
from hub.evidence.asking import EXPIRY_S, Answer, details_of, input_of, latest_ms, skew_ms
from hub.evidence.cameras import CAMERA, Camera, choose
from hub.evidence.means import Means
from hub.evidence.piece import Piece, PieceState
from hub.evidence.plan import of_camera
from hub.ledger.queries import row_view
from hub.ledger.schema import events

LOOK_AGAIN_MS: Final = 1_000
ASK_AGAIN_MS: Final = 5_000
NOT_COME_MS: Final = 60_000
"""How long after a camera's success its event, or after an event its bytes, may still be on the way."""

PICTURE_NOT_COME_MS: Final = 600_000
"""A driver host sends a picture again that the hub did not get; it may have been cut off for a while."""


async def cameras(piece: Piece, means: Means) -> None:
    """Put in the place of `piece` what each camera is asked for; say so if there is none, or too many."""
    shadow = means.devices.get(piece.address)
    place = shadow.description.location if shadow and shadow.description else None
    known = [
        Camera(each.address, each.description)
        for each in means.devices
        if each.address.kind == CAMERA and each.description is not None
    ]
    chosen = choose(known, piece.address, piece.area, place)
    if not chosen.cameras:
        where = f"area {piece.area}" if piece.area else "the device's area, which is not known"
        await means.failed(piece, f"there is no camera in {where}")
        return
    asked = [new for each in chosen.cameras for new in of_camera(piece, str(each.address))]

    def work(connection: Connection) -> None:
        means.store.add(connection, asked)
        means.store.put(connection, replace(piece, state=PieceState.DONE))

    if chosen.left_out:
        said = {"cameras": len(chosen.cameras), "left_out": chosen.left_out}
        await means.desk.note(piece.alarm, EntryKind.EVIDENCE, data=said, also=work)
    else:
        await means.ledger.write(work)


async def picture(piece: Piece, means: Means) -> None:
    """Take a picture that the raising event names, once its bytes are here."""
    sha256, seq = piece.details["named"], piece.details["event_seq"]
    path = await asyncio.to_thread(means.media.path, sha256)
    if path is None:
        await _not_here(
            piece, means, piece.around_ms, "the picture that its event names never came", PICTURE_NOT_COME_MS
        )
        return
    event = await means.ledger.read(
        lambda connection: connection.execute(events.select().where(events.c.seq == seq)).mappings().one()
    )
    made_ms, received_ms = event["time_ms"], event["received_ms"]
    await means.got(
        replace(
            piece,
            sha256=sha256,
            size=path.stat().st_size,
            made_ms=made_ms,
            received_ms=received_ms,
            skew_ms=max(0, made_ms - received_ms),
            details={"event_seq": seq, "event": row_view(event).type},
        )
    )


async def camera(piece: Piece, means: Means) -> None:
    """Ask a camera, or look what became of the asking."""
    if piece.state is PieceState.PLANNED:
        await _ask(piece, means)
        return
    answer = await means.ledger.read(lambda connection: answers.by_action(connection, piece))
    if answer is not None:
        await _take(piece, answer, means)
        return
    record = await means.actions.outcome(piece.action or "")
    if record is None:  # the hub was killed before the camera was asked
        await means.put_back(replace(piece, action=None), 0, None)
    elif not record.final:
        means.later(piece, LOOK_AGAIN_MS)
    elif record.status == "succeeded":
        await _awaited(piece, means, record.ended_ms or means.clock.now_ms())
    else:
        error = record.error.message if record.error else record.status
        await means.put_back(piece, ASK_AGAIN_MS, error)


async def data(piece: Piece, means: Means) -> None:
    """Write the slice of data, once its end is in history."""
    pause_ms = datafile.due_ms(piece) - means.clock.now_ms()
    if pause_ms > 0:
        means.later(piece, pause_ms)
        return
    found = await means.ledger.read(lambda connection: datafile.events_of(connection, piece))
    shadow = means.devices.get(piece.address)
    description = shadow.description if shadow else None
    now_ms = means.clock.now_ms()

    def write() -> tuple[str, int]:
        content = canonical(datafile.make(piece, means.history, found, description, now_ms))
        sha256 = hashlib.sha256(content).hexdigest()
        means.media.save(sha256, content)
        return sha256, len(content)

    try:
        sha256, size = await asyncio.to_thread(write)
    except InvalidMessage as wrong:
        await means.failed(piece, str(wrong))
        return
    made = {"made_ms": now_ms, "received_ms": now_ms, "skew_ms": 0}
    said = {"format": datafile.FORMAT, "events": len(found)}
    await means.got(replace(piece, sha256=sha256, size=size, details=said, **made))


async def _ask(piece: Piece, means: Means) -> None:
    now_ms, spec = means.clock.now_ms(), _spec(piece, means)
    if now_ms > latest_ms(piece):
        await means.failed(piece, piece.error or "it was too late when the camera could be asked")
        return
    asked = replace(
        piece,
        state=PieceState.ASKED,
        tries=piece.tries + 1,
        action=secrets.token_hex(16),
        asked_ms=now_ms,
    )
    await means.keep(asked)  # before it is sent: so the answer is known for ours whatever happens now
    try:
        await means.actions.request(
            piece.address,
            piece.kind.value,
            input_of(piece, spec, now_ms),
            issuer="hub",
            reason=f"evidence of alarm {piece.alarm}",
            expires_in_s=EXPIRY_S,
            ident=asked.action,
        )
        means.later(asked, LOOK_AGAIN_MS)
    except HemeiError as wrong:
        await means.put_back(asked, ASK_AGAIN_MS, str(wrong))


async def _awaited(piece: Piece, means: Means, ended_ms: int) -> None:
    """Wait for what the camera says that it made: its event may be on the way, or name no action."""
    if means.clock.now_ms() - ended_ms > LOOK_AGAIN_MS:
        answer = await means.ledger.read(lambda connection: answers.by_time(connection, piece, means.store))
        if answer is not None:
            await _take(piece, answer, means)
            return
    await _not_here(piece, means, ended_ms, "the camera did it, but nothing came")


async def _take(piece: Piece, answer: Answer, means: Means) -> None:
    sha256, made_ms = answer.event.media[0], epoch_ms(answer.event.time)
    path = await asyncio.to_thread(means.media.path, sha256)
    if path is None:
        await _not_here(piece, means, answer.received_ms, "its event came, its bytes never did")
        return
    skew = skew_ms(made_ms, piece.asked_ms or made_ms, answer.received_ms)
    await means.got(
        replace(
            piece,
            sha256=sha256,
            size=path.stat().st_size,
            made_ms=made_ms,
            received_ms=answer.received_ms,
            skew_ms=skew,
            details=details_of(piece, answer, skew),
        )
    )


async def _not_here(
    piece: Piece, means: Means, since_ms: int, error: str, patience_ms: int = NOT_COME_MS
) -> None:
    """Wait a while for what must be on the way, then give it up."""
    if means.clock.now_ms() - since_ms > patience_ms:
        await means.failed(piece, error)
    else:
        means.later(piece, LOOK_AGAIN_MS)


def _spec(piece: Piece, means: Means) -> ActionSeen | None:
    shadow = means.devices.get(piece.address)
    return shadow.description.actions.get(piece.kind.value) if shadow and shadow.description else None
