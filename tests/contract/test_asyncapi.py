"""docs/asyncapi.yaml: valid AsyncAPI, and saying just what the code does."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from contract import asyncapi, topics
from contract.codec import MESSAGE_TYPES, decode, encode
from contract.messages import Message
from contract.things import read_description
from contract.topics import Address, Channel
from tests.contract import samples
from tests.peers import PEERS, node, require_npm_package

FILE = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"
DOCUMENT = asyncapi.document()


def validator(channel: Channel) -> Draft202012Validator:
    """Return what checks a payload of `channel` against the document."""
    schema = DOCUMENT["components"]["messages"][channel]["payload"]
    whole = {**schema, "components": DOCUMENT["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


VALIDATORS = {message: validator(channel) for channel, message in MESSAGE_TYPES.items()}


def parse(document: str) -> dict[str, Any]:
    """Return what the official parser finds."""
    require_npm_package("@asyncapi/parser")
    script = str(PEERS / "check-asyncapi.mjs")
    run = subprocess.run([node(), script], input=document.encode(), capture_output=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_the_file_is_what_the_code_says() -> None:
    assert yaml.safe_load(FILE.read_text(encoding="utf-8")) == DOCUMENT


def test_what_may_be_lost_and_what_is_kept() -> None:
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"].rpartition("/")[2]
        mqtt = operation["bindings"]["mqtt"]
        assert mqtt["qos"] == (0 if channel in ("telemetry", "preview") else 1)
        kept = ("description", "availability", "state", "committed", "holding")
        assert mqtt["retain"] == (channel in kept)


def test_a_preview_is_a_picture() -> None:
    preview = DOCUMENT["components"]["messages"]["preview"]
    assert preview["contentType"] == "image/jpeg"
    assert preview["payload"] == {"type": "string", "format": "binary"}


def test_the_official_parser_finds_no_fault() -> None:
    found = parse(FILE.read_text(encoding="utf-8"))
    assert [each for each in found["diagnostics"] if each["severity"] <= 1] == []
    assert found["valid"]
    assert found["channels"] == len(Channel)


def test_the_official_parser_would_find_one() -> None:
    broken = asyncapi.document()
    broken["components"]["messages"]["state"]["payload"] = {"type": "no-such-type"}
    assert not parse(json.dumps(broken))["valid"]


@pytest.mark.parametrize("channel", list(Channel))
def test_an_address_is_a_topic_of_the_contract(channel: Channel) -> None:
    described = DOCUMENT["channels"][channel]
    values = {"site": "s", "kind": "gate", "device": "east", "sha256": "0" * 64}
    assert set(described["parameters"]) == set(values) - (set() if channel is Channel.MEDIA else {"sha256"})
    topic = topics.parse(described["address"].format(**values))
    assert (topic.address, topic.channel) == (Address("s", "gate", "east"), channel)


@pytest.mark.parametrize("channel", list(MESSAGE_TYPES))
def test_an_example_is_a_message(channel: Channel) -> None:
    (example,) = DOCUMENT["components"]["messages"][channel]["examples"]
    validator(channel).validate(example["payload"])
    message: type[Any] = MESSAGE_TYPES[channel]
    assert json.loads(encode(decode(message, json.dumps(example["payload"]).encode()))) == example["payload"]


def test_the_example_of_a_description_is_one() -> None:
    (example,) = DOCUMENT["components"]["messages"]["description"]["examples"]
    validator(Channel.DESCRIPTION).validate(example["payload"])
    assert read_description(json.dumps(example["payload"]).encode()).titles["en"] == "East gate, in"


@given(samples.messages)
def test_whatever_is_written_is_as_described(message: Message) -> None:
    VALIDATORS[type(message)].validate(json.loads(encode(message)))
