"""Ask a process whether it does its work: does the broker take us, does the hub answer 200."""

import asyncio
import http.client

from contract.errors import LinkError
from contract.mqtt import Broker, Connection

TIMEOUT_S = 2.0


async def broker_accepts(broker: Broker) -> bool:
    """Whether the broker lets this account in."""
    try:
        async with Connection(broker, f"ready-{broker.username}"):
            return True
    except LinkError:
        return False


async def http_answers(host: str, port: int, path: str, token: str | None = None) -> bytes | None:
    """Return the body of a 200 answer, None for any other or none at all."""
    return await asyncio.to_thread(_get, host, port, path, token)


def _get(host: str, port: int, path: str, token: str | None) -> bytes | None:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    else:
        return body if answer.status == http.client.OK else None
    finally:
        connection.close()
