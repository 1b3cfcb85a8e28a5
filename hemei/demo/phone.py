"""A resident's phone: asks the hub for a charge by HTTP, as the page behind the code does."""

import asyncio
import http.client
import uuid
from typing import Any, Final, NamedTuple

import msgspec

TIMEOUT_S: Final = 10.0


class Placed(NamedTuple):
    """An order that was placed: its key, its number."""

    key: str
    number: str


class Phone:
    """Asks the hub at `host` and `port`. What is refused, or not answered, is None."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def scan(self, code: str) -> dict[str, Any] | None:
        """Return what the code is for."""
        return await self._ask("GET", f"codes/{code}")

    async def order(self, code: str, account: str) -> Placed | None:
        """Have the connector of a code charge, at the cost of an account."""
        body = {"request": str(uuid.uuid4()), "account": account}
        answer = await self._ask("POST", f"codes/{code}/orders", body)
        return None if answer is None else Placed(answer["key"], answer["order"]["number"])

    async def look(self, key: str) -> dict[str, Any] | None:
        """Return how an order goes."""
        return await self._ask("GET", f"orders/by-key/{key}")

    async def stop(self, key: str) -> dict[str, Any] | None:
        """Have a charge ended."""
        return await self._ask("POST", f"orders/by-key/{key}/stop", {})

    async def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any] | None:
        return await asyncio.to_thread(self._ask_now, method, path, body)

    def _ask_now(self, method: str, path: str, body: object) -> dict[str, Any] | None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            connection.request(
                method,
                f"/api/v1/charging/{path}",
                None if body is None else msgspec.json.encode(body),
                headers,
            )
            answer = connection.getresponse()
            read: dict[str, Any] = msgspec.json.decode(answer.read())
        except (OSError, http.client.HTTPException, msgspec.MsgspecError):
            return None
        else:
            return read if answer.status < http.client.BAD_REQUEST else None
        finally:
            connection.close()
