"""The library's other side: it subscribes at a site, and lists, changes and ends what it subscribed to."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DigestAuthMiddleware

PATH = "/VIID/Subscribes"
TYPE = "application/VIID+JSON"
PATIENCE = ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Account:
    """As whom it signs in at the site."""

    user: str
    password: str


class Subscriber:
    """Asks one site, each time with a login; answers are given back with their HTTP status."""

    def __init__(self, site: str, ident: str, account: Account) -> None:
        self._site = site.rstrip("/")
        self._ident = ident
        self._account = account

    async def subscribe(self, *wanted: dict[str, Any], method: str = "POST") -> tuple[int, Any]:
        """Send SubscribeObjects."""
        return await self._ask(method, json={"SubscribeListObject": {"SubscribeObject": list(wanted)}})

    async def listed(self) -> tuple[int, Any]:
        """Ask for what lasts."""
        return await self._ask("GET")

    async def cancel(self, *idents: str) -> tuple[int, Any]:
        """End subscriptions by their ids."""
        return await self._ask("DELETE", params={"IDList": ",".join(idents)})

    async def _ask(self, method: str, **more: Any) -> tuple[int, Any]:
        login = DigestAuthMiddleware(self._account.user, self._account.password)
        headers = {"User-Identify": self._ident, "Content-Type": TYPE}
        async with (
            ClientSession(middlewares=(login,), headers=headers, timeout=PATIENCE) as client,
            client.request(method, f"{self._site}{PATH}", **more) as answer,
        ):
            return answer.status, await answer.json(content_type=None)


def wish(ident: str, ours: str, receiver: str, end: str, **fields: Any) -> dict[str, Any]:
    """Write a SubscribeObject for motor vehicles of all devices of a site that calls itself `ours`."""
    return {
        "SubscribeID": ident,
        "Title": "小区车辆",
        "SubscribeDetail": "13",
        "ResourceClass": 4,
        "ResourceURI": ours,
        "ApplicantName": "",
        "ApplicantOrg": "",
        "BeginTime": "20200101000000",
        "EndTime": end,
        "ReceiveAddr": receiver,
        "ReportInterval": 0,
        "Reason": "",
        "OperateType": 0,
        "SubscribeStatus": 0,
        **fields,
    }
