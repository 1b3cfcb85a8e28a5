"""What mosquitto_sub hears of a living community is what docs/asyncapi.yaml says."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from tests.hemei.demos import RunningDemo
from tests.peers import require_program
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
ACTIONS = (
    ("charger/garage-3", "refresh", {}),
    ("door/lobby-1", "unlock", {}),
    ("camera/garden", "snapshot", {}),
    ("camera/garden", "preview", {"seconds": 10}),
)
ID = "[a-z0-9-]{1,64}"


class Heard(NamedTuple):
    """A message as mosquitto_sub prints it."""

    topic: str
    qos: int
    retain: bool
    response_topic: str
    correlation: str
    payload: bytes


class Channel(NamedTuple):
    """A channel of the document."""

    name: str
    topics: re.Pattern[str]
    qos: int
    retain: bool
    payload: Draft202012Validator | None


def channels() -> dict[str, Channel]:
    """Read the channels out of the document."""
    found = {}
    for operation in DOCUMENT["operations"].values():
        name = operation["channel"]["$ref"].rpartition("/")[2]
        mqtt = operation["bindings"]["mqtt"]
        message = DOCUMENT["components"]["messages"][name]
        payload = None
        if "contentType" not in message:
            schema = {**message["payload"], "components": DOCUMENT["components"]}
            payload = Draft202012Validator(schema, format_checker=FormatChecker())
        topics = re.compile(re.sub(r"\{\w+\}", ID, DOCUMENT["channels"][name]["address"]))
        found[name] = Channel(name, topics, mqtt["qos"], mqtt["retain"], payload)
    return found


CHANNELS = channels()

UNHEARD = {"list"}
"""Cards and codes travel there: the broker's rules keep it from everybody but the host that it is for."""


def channel_of(heard: Heard) -> Channel:
    """Return the one channel whose address matches the topic."""
    (channel,) = [each for each in CHANNELS.values() if each.topics.fullmatch(heard.topic)]
    return channel


@asynccontextmanager
async def listening(demo: RunningDemo) -> AsyncIterator[list[Heard]]:
    """Fill a list with all that mosquitto_sub hears."""
    program = require_program("mosquitto_sub", "mosquitto-clients")
    account = demo.ready["mqtt"]
    process = await asyncio.create_subprocess_exec(
        *(program, "-V", "5", "-q", "1", "-t", "#", "--retain-as-published", "-F", "%t\t%q\t%r\t%R\t%D\t%x"),
        *("-h", account["host"], "-p", str(account["port"])),
        *("-u", account["username"], "-P", account["password"]),
        stdout=asyncio.subprocess.PIPE,
        limit=2**25,
    )
    heard: list[Heard] = []
    reading = asyncio.create_task(read_lines(process, heard))
    try:
        yield heard
    finally:
        process.terminate()
        await process.wait()
        await reading


async def read_lines(process: asyncio.subprocess.Process, heard: list[Heard]) -> None:
    """Read what mosquitto_sub prints."""
    assert process.stdout is not None
    async for line in process.stdout:
        topic, qos, retain, response_topic, correlation, payload = line.decode().rstrip("\n").split("\t")
        message = bytes.fromhex(payload)
        heard.append(Heard(topic, int(qos), retain == "1", response_topic, correlation, message))


async def act(client: httpx.AsyncClient, device: str, action: str, given: dict[str, Any]) -> dict[str, Any]:
    """Let a device do something through the API, and return the outcome."""
    answer = await client.post(
        f"/api/v1/devices/hemei/{device}/actions/{action}",
        params={"wait": 60},
        json={"input": given, "reason": "test"},
        timeout=90,
    )
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()
    return outcome


async def test_a_living_community_says_what_the_document_says(whole_community: RunningDemo) -> None:
    async with (
        listening(whole_community) as heard,
        whole_community.client("guard") as client,
    ):
        await eventually(lambda: any(each.topic.endswith("/description") for each in heard))
        outcomes = {each["id"]: each["status"] for each in [await act(client, *those) for those in ACTIONS]}
        heard_of = set(CHANNELS) - UNHEARD
        await eventually(lambda: {channel_of(each).name for each in heard} == heard_of, within_s=60)
    for each in heard:
        channel = channel_of(each)
        assert (each.qos, each.retain) == (channel.qos, channel.retain), each
        if channel.payload is not None:
            channel.payload.validate(json.loads(each.payload))
        if channel.name == "action":
            assert each.response_topic == each.topic.removesuffix("action") + "result"
            assert each.correlation == json.loads(each.payload)["id"]
    actions = [json.loads(each.payload)["id"] for each in heard if channel_of(each).name == "action"]
    assert [each for each in actions if each in outcomes] == list(outcomes), "and what residents charge"
    results = [json.loads(each.payload) for each in heard if channel_of(each).name == "result"]
    assert outcomes.items() <= {each["id"]: each["status"] for each in results}.items()
    assert set(outcomes.values()) == {"succeeded"}
