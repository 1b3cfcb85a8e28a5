"""Takes, changes and ends subscriptions as the library asks, ends them as the site does; all in the audit."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from contract.clock import Clock, rfc3339_ms
from contract.errors import InvalidMessage
from hub.alarms.alarm import HUB, Actor
from hub.audit.writer import AuditWriter
from hub.ledger.transactions import Transactions
from hub.viid.ids import local14
from hub.viid.refusals import NotBarred, StaleSubscription, SubscriptionOver
from hub.viid.settings import ViidSettings
from hub.viid.store import FeedStore
from hub.viid.subscriptions.asked import CANCEL, SUBSCRIBE, asked_of, ident_of
from hub.viid.subscriptions.notification import MOST
from hub.viid.subscriptions.store import SubscriptionStore
from hub.viid.subscriptions.terms import (
    DETAILS,
    Ended,
    Subscription,
    Terms,
    TermsRefused,
    still_lawful,
    terms_of,
    up_to_date,
)

ACCEPTED: Final = "feed.subscribed"
CHANGED: Final = "feed.subscription-changed"
ENDED: Final = "feed.subscription-ended"
REFUSED: Final = "feed.subscription-refused"
LIFTED: Final = "feed.subscription-lifted"
OK, INVALID_OPERATION, JSON_CONTENT = "0", "4", "8"


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one object: a code of GA/T 1400, and words."""

    ident: str
    code: str = OK
    text: str = "OK"


class Decision(Struct, frozen=True, kw_only=True):
    """What somebody at the site decides about a subscription, the `version` of it that they saw, and why."""

    number: int
    version: int
    reason: str
    by: Actor


class Office:
    """One tenant's subscriptions. `on_change` is told when there are others than before."""

    def __init__(self, tenant: str, settings: ViidSettings, ledger: Transactions, clock: Clock) -> None:
        self.settings = settings
        self.store = SubscriptionStore(tenant)
        self.on_change: Callable[[], None] = lambda: None
        self._trail = AuditWriter(tenant, clock)
        self._feed = FeedStore(tenant, settings)
        self._ledger = ledger
        self._clock = clock

    async def take(self, items: Sequence[bytes], address: str, *, known: bool = False) -> list[Outcome]:
        """Do what each object asks for; `known`: only of what there is already."""
        by = self._library(address)
        done = [await self._each(partial(self._take, item, known), ident_of(item), by) for item in items]
        self.on_change()
        return done

    async def cancel(self, idents: Iterable[str], address: str) -> list[Outcome]:
        """End subscriptions by their ids."""
        by = self._library(address)
        done = [await self._each(partial(self._cancel, ident), ident, by) for ident in idents]
        self.on_change()
        return done

    async def lasting(self) -> list[dict[str, Any]]:
        """Return what lasts, as it is written on the wire."""
        return [_document(each) for each in await self._ledger.read(self.store.lasting)]

    def withdraw(self, connection: Connection) -> None:
        """End what the site file does not allow any more; nothing of it leaves, and nothing later.

        What is about all devices is about those that there are now.
        """
        for each in self.store.lasting(connection):
            if not (self.settings.subscribable and still_lawful(each.terms, self.settings)):
                self.end(connection, each, Ended.WITHDRAWN)
            else:
                self._change(connection, each, up_to_date(each.terms, self.settings), HUB)

    async def stop(self, decision: Decision) -> bool:
        """End one as the site decides, and refuse its id from now on; False if there is none of that number.

        StaleSubscription, SubscriptionOver.
        """
        found = await self._ledger.write(partial(self._stop, decision))
        self.on_change()
        return found

    async def lift(self, decision: Decision) -> bool:
        """Refuse the id of one no longer; False if there is none of that number.

        StaleSubscription, NotBarred.
        """
        return await self._ledger.write(partial(self._lift, decision))

    def end(
        self,
        connection: Connection,
        subscription: Subscription,
        why: Ended,
        by: Actor = HUB,
        reason: str = "",
    ) -> None:
        """Write that one ended, and why."""
        self.store.end(connection, subscription, why, self._clock.now_ms(), reason)
        self._audit(connection, by, ENDED, subscription.terms.ident, reason, why=why.value)

    def _stop(self, decision: Decision, connection: Connection) -> bool:
        found = self._seen(connection, decision)
        if found is None:
            return False
        if found.ended is not None:
            raise SubscriptionOver("the subscription has ended already")
        self.end(connection, found, Ended.STOPPED, decision.by, decision.reason)
        return True

    def _lift(self, decision: Decision, connection: Connection) -> bool:
        found = self._seen(connection, decision)
        if found is None:
            return False
        if not found.barred:
            raise NotBarred
        self.store.lift(connection, found)
        self._audit(connection, decision.by, LIFTED, found.terms.ident, decision.reason)
        return True

    def _seen(self, connection: Connection, decision: Decision) -> Subscription | None:
        found = self.store.numbered(connection, decision.number)
        if found is not None and found.version != decision.version:
            raise StaleSubscription(found)
        return found

    async def _each(self, act: Callable[..., Outcome], ident: str, by: Actor) -> Outcome:
        try:
            return await self._ledger.write(partial(act, by=by))
        except TermsRefused as wrong:
            refused = Outcome(ident=ident, code=INVALID_OPERATION, text=str(wrong))
        except InvalidMessage as wrong:
            refused = Outcome(ident=ident, code=JSON_CONTENT, text=str(wrong)[:200])
        await self._ledger.write(partial(self._refused, refused=refused, by=by))
        return refused

    def _refused(self, connection: Connection, refused: Outcome, by: Actor) -> None:
        self._audit(connection, by, REFUSED, refused.ident or "?", code=refused.code, why=refused.text)

    def _take(self, item: bytes, known: bool, connection: Connection, by: Actor) -> Outcome:
        asked = asked_of(item)
        if asked.operation == CANCEL:
            return self._cancel(asked.ident, connection, by)
        if asked.operation != SUBSCRIBE:
            raise TermsRefused(f"OperateType {asked.operation}: not served; allowed: 0, 1")
        if barred := self.store.barred(connection, asked.ident):
            raise TermsRefused(f"SubscribeID: this site has ended it: {barred.ended_reason}")
        terms = terms_of(asked, self.settings, self._clock.now_ms())
        lasting = self.store.lasting(connection)
        same = next((each for each in lasting if each.terms.ident == asked.ident), None)
        if same is not None:
            self._change(connection, same, terms, by)
        elif known:
            raise TermsRefused("SubscribeID: there is no such subscription")
        else:
            self._accept(connection, lasting, terms, by)
        return Outcome(ident=asked.ident)

    def _accept(
        self, connection: Connection, lasting: Sequence[Subscription], terms: Terms, by: Actor
    ) -> None:
        free = sorted(set(range(MOST)) - {each.slot for each in lasting})
        if not free:
            raise TermsRefused(f"there are {MOST} subscriptions already, which is as many as there may be")
        document = self.settings.subscriptions.document
        made = self.store.add(connection, terms, free[0], document, self._clock.now_ms())
        for stream in made.streams():
            self._feed.start(connection, stream)
        self._audit(connection, by, ACCEPTED, terms.ident, document=document, **_details(terms))

    def _change(self, connection: Connection, was: Subscription, terms: Terms, by: Actor) -> None:
        """Have a subscription ask for something else from now on; the same again changes nothing."""
        if was.terms == terms:
            return
        document = self.settings.subscriptions.document
        self.store.change(connection, was.number, terms, document)
        now = replace(was, terms=terms).streams()
        self.store.forget(connection, [each for each in was.streams() if each not in now])
        for stream in now:
            self._feed.start(connection, stream)
        self._audit(connection, by, CHANGED, terms.ident, document=document, **_details(terms))

    def _cancel(self, ident: str, connection: Connection, by: Actor) -> Outcome:
        for each in self.store.lasting(connection):
            if each.terms.ident == ident:
                self.end(connection, each, Ended.CANCELLED, by)
                return Outcome(ident=ident)
        raise TermsRefused("SubscribeID: there is no such subscription")

    def _library(self, address: str) -> Actor:
        return Actor(who=f"library:{self.settings.subscriptions.username}", address=address)

    def _audit(
        self, connection: Connection, by: Actor, what: str, ident: str, reason: str = "", **details: Any
    ) -> None:
        self._trail.write(connection, by, what, f"subscription {ident}", reason, **details)


def _details(terms: Terms) -> dict[str, Any]:
    return {
        "kinds": [each.value for each in terms.details],
        "devices": list(terms.devices),
        "begin": rfc3339_ms(terms.begin_ms),
        "end": rfc3339_ms(terms.end_ms),
        "receiver": terms.receiver,
    }


def _document(subscription: Subscription) -> dict[str, Any]:
    terms = subscription.terms
    return {
        "SubscribeID": terms.ident,
        "Title": terms.title,
        "SubscribeDetail": ",".join(each for each, what in DETAILS.items() if what in terms.details),
        "ResourceClass": terms.resource_class,
        "ResourceURI": terms.resources,
        "ApplicantName": terms.applicant,
        "ApplicantOrg": terms.organisation,
        "BeginTime": local14(terms.begin_ms),
        "EndTime": local14(terms.end_ms),
        "ReceiveAddr": terms.receiver,
        "ReportInterval": terms.interval_s,
        "Reason": terms.reason,
        "OperateType": SUBSCRIBE,
        "SubscribeStatus": 0,
    }
