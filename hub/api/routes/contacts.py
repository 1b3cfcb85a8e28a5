"""Who can be told of alarms, whether they can be reached, and a test message to see that they are."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Request
from msgspec import Struct
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.alarms.definition import Priority, Words
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.notify.notifier import Notifier

router: Final = APIRouter(prefix=f"{BASE}/contacts", tags=["contacts"])

Manages = Annotated[Principal, needs(Permission.MANAGE)]
Id = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$")]


class ContactView(Struct, frozen=True, kw_only=True):
    """A contact; its address is a secret and is not shown. `fault`: what is wrong with that address.

    `failing`: it cannot be reached now. `waiting`: messages that it is still to be told.
    """

    id: str
    title: Words
    language: str
    at_least: Priority
    post: str | None
    fault: str | None
    failing: bool
    waiting: int


class ContactList(Struct, frozen=True):
    """Every contact of the site file."""

    contacts: Sequence[ContactView]


class TestOutcome(Struct, frozen=True):
    """Whether the service took the test message; if not, why. Whether it arrived, a person has to say."""

    taken: bool
    reason: str


@router.get("", summary="Contacts, and whether they can be reached", responses=answers(ContactList))
async def contacts(request: Request, _who: Manages) -> Response:
    """Show whom the hub can tell."""
    notifier = notifier_of(request)
    faults, failing = notifier.reach.faults(), notifier.failing_contacts
    return json_answer(
        ContactList(
            [
                ContactView(
                    id=each.id,
                    title=each.title,
                    language=each.language,
                    at_least=each.at_least,
                    post=each.post,
                    fault=faults.get(each.id),
                    failing=each.id in failing,
                    waiting=notifier.lanes[each.id].waiting,
                )
                for each in notifier.recipients.contacts.values()
            ]
        )
    )


@router.post("/{contact}/test", summary="Send a test message", responses=answers(TestOutcome, 404))
async def test(request: Request, contact: Id, _who: Manages) -> Response:
    """Send a test message at once; one that is taken ends what says that the contact fails."""
    notifier = notifier_of(request)
    if contact not in notifier.lanes:
        raise HTTPException(404, f"there is no contact {contact!r}")
    outcome = await notifier.test(contact)
    return json_answer(TestOutcome(outcome.ok, outcome.reason))


def notifier_of(request: Request) -> Notifier:
    """Return what tells people."""
    return services_of(request).room.notifier
