"""Our central system on a real socket, and who may connect to it."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from contract.clock import SystemClock
from drivers.charger.link import Reading
from drivers.charger.ocpp.posts import register
from drivers.charger.options import ChargerOptions
from hemei.certificates import Authority
from tests.drivers.charger import yard
from tests.drivers.charger.yard import HostPort, free_port

POST = "GARAGE-01"
PASSWORD = "correct horse battery"
ORDER = "2026072512345678"


class Ear(yard.Ear):
    """Admits what the test has told it to."""

    def __init__(self, *orders: str) -> None:
        super().__init__()
        self.orders = set(orders)

    def admits(self, order: str) -> bool:
        return order in self.orders

    @property
    def settled(self) -> dict[str, int | None]:
        """The meter at the end of each charge; an end that is told again must say the same."""
        assert len({repr(each) for each in self.endings}) == len({each.transaction for each in self.endings})
        return {each.transaction: each.meter for each in self.endings}

    def of(self, transaction: str) -> list[Reading]:
        return [each for each in self.readings if each.transaction == transaction]


class Site:
    """One listener; `url` is what posts are told."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self.port = HostPort()
        self.port.clock.set_wall(SystemClock().now())
        self.number = free_port()
        self.tls = tls
        self.ca = folder / "ca.pem"
        self._folder = folder
        self._files: dict[str, str] = {}
        if tls:
            self._make_certificate()

    @property
    def url(self) -> str:
        return f"{'wss' if self.tls else 'ws'}://127.0.0.1:{self.number}"

    def wire(self, post: str, connector: int) -> str:
        return f"{'ocpps' if self.tls else 'ocpp'}://127.0.0.1:{self.number}/{post}?connector={connector}"

    async def ear(
        self,
        *orders: str,
        post: str = POST,
        connector: int = 1,
        password: str = PASSWORD,
        ear: Ear | None = None,
        **options: Any,
    ) -> Ear:
        """Have a connector made known."""
        file = self._folder / f"{post}-{len(password)}.ocpp"
        file.write_text(f"{password}\n", encoding="utf-8")
        given = {"password_file": str(file), "answer_timeout_s": 2.0, **self._files, **options}
        made = ChargerOptions(wire=self.wire(post, connector), **given)
        ear = ear or Ear(*orders)
        await register(self.port, made, made.parsed_wire(), ear)  # type: ignore[arg-type]  # what is asked of it
        return ear

    async def raw(
        self, *, protocol: str = "ocpp1.6", post: str = POST, told: str | None = None, **more: Any
    ) -> ClientConnection:
        """Connect as a post that may then say anything; `told` is its user and password."""
        headers = {} if told == "" else {"Authorization": basic(told or f"{post}:{PASSWORD}")}
        protocols = [Subprotocol(protocol)] if protocol else None
        return await connect(
            f"{self.url}/{post}", subprotocols=protocols, additional_headers=headers, proxy=None, **more
        )

    def _make_certificate(self) -> None:
        authority = Authority("Test", SystemClock().now())
        pair = authority.server(["127.0.0.1", "localhost"])
        for name, text in (
            ("ca", authority.pair.certificate),
            ("server", pair.certificate),
            ("key", pair.key),
        ):
            (self._folder / f"{name}.pem").write_text(text, encoding="utf-8")
        self._files = {
            "certificate_file": str(self._folder / "server.pem"),
            "key_file": str(self._folder / "key.pem"),
        }


def basic(account: str) -> str:
    return f"Basic {base64.b64encode(account.encode()).decode()}"


@asynccontextmanager
async def open_site(folder: Path, *, tls: bool = False) -> AsyncIterator[Site]:
    site = Site(folder, tls=tls)
    try:
        yield site
    finally:
        await site.port.aclose()
