"""How often who is not signed in may ask about charging, visits and hand-overs, or open a screen, by address.

Codes, keys and tokens cannot be guessed: they have far too many bits. So whoever has a right one is served
however many wrong ones came from the same address, which whole blocks of flats may share behind their
provider; who goes on sending wrong ones waits longer each time. All of it is bounded in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import HTTPConnection

from contract.clock import Clock
from contract.errors import Refused
from hub.access.access import SignInRefused
from hub.access.pace import Pace
from hub.access.throttle import Throttle, network_of
from hub.api.routes.session import client_of
from hub.charging.refusals import AccountMissing, CodeUnknown, OrderUnknown
from hub.community.links import PageUnknown
from hub.referrals.refusals import ReferralUnknown
from hub.register.refusals import LinkUnknown

FREE_GUESSES: Final = 5
LOOKS_AT_ONCE: Final = 300
LOOKS_PER_MINUTE: Final = 1200
"""A phone asks every few seconds while it charges, and so do those of its neighbours."""

ORDERS_AT_ONCE: Final = 10
ORDERS_PER_MINUTE: Final = 10
VISITS_AT_ONCE: Final = 20
VISITS_PER_MINUTE: Final = 10
ANSWERS_AT_ONCE: Final = 20
ANSWERS_PER_MINUTE: Final = 10


class Strangers:
    """What each address may still ask for."""

    def __init__(self, clock: Clock) -> None:
        self._guesses = Throttle(clock)
        self._screens = Throttle(clock)  # apart: a screen that was shut out asks again and again
        self._looks = Pace(clock, at_once=LOOKS_AT_ONCE, per_minute=LOOKS_PER_MINUTE)
        self._orders = Pace(clock, at_once=ORDERS_AT_ONCE, per_minute=ORDERS_PER_MINUTE, what="orders")
        self._visits = Pace(clock, at_once=VISITS_AT_ONCE, per_minute=VISITS_PER_MINUTE, what="visits")
        self._answers = Pace(clock, at_once=ANSWERS_AT_ONCE, per_minute=ANSWERS_PER_MINUTE, what="answers")

    @contextmanager
    def look(self, address: str) -> Iterator[None]:
        """Count a request with a code or a key; Throttled if too many came, or too many with a wrong one."""
        network = network_of(address)
        self._looks.take(network)
        try:
            yield
        except (CodeUnknown, OrderUnknown, AccountMissing, LinkUnknown, PageUnknown, ReferralUnknown):
            self._guesses.attempt({network: FREE_GUESSES})
            raise

    @contextmanager
    def screen(self, address: str) -> Iterator[None]:
        """Count a screen's token; Throttled if too many came, or too many wrong ones."""
        network = network_of(address)
        self._looks.take(network)
        try:
            yield
        except (SignInRefused, Refused):
            self._screens.attempt({network: FREE_GUESSES})
            raise

    @contextmanager
    def order(self, address: str) -> Iterator[None]:
        """Count an order in the same way."""
        with self.look(address):
            self._orders.take(network_of(address))
            yield

    @contextmanager
    def visit(self, address: str) -> Iterator[None]:
        """Count a visitor's pass in the same way."""
        with self.look(address):
            self._visits.take(network_of(address))
            yield

    @contextmanager
    def answer(self, address: str) -> Iterator[None]:
        """Count a grid officer's receipt or answer in the same way."""
        with self.look(address):
            self._answers.take(network_of(address))
            yield


def strangers_of(connection: HTTPConnection) -> tuple[Strangers, str]:
    """Return who counts, and the caller's address."""
    strangers: Strangers = connection.app.state.strangers
    return strangers, client_of(connection)
