"""Topics put together and taken apart."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract import topics
from contract.errors import InvalidMessage
from contract.topics import Address, Channel, Topic
from tests.contract import samples


@given(samples.addresses, samples.channels, samples.sha256s)
def test_what_is_put_together_is_taken_apart(address: Address, channel: Channel, sha256: str) -> None:
    named = sha256 if channel is Channel.MEDIA else None
    assert topics.parse(address.topic(channel, named)) == Topic(address, channel, named)


@given(samples.addresses)
def test_an_address_is_read_as_it_is_written(address: Address) -> None:
    assert topics.address(str(address)) == address


@given(st.text() | st.from_regex(r"hemei/[a-z/]{0,20}(state|media|\+|#)[/a-f0-9]{0,70}", fullmatch=True))
@example("")
@example("hemei/s/gate/east/state\n")
@example("hemei/s/gate/east\n/state")
@example("hemei/s/gate/ｅast/state")
def test_any_text_is_a_topic_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidMessage):
        topic = topics.parse(text)
        assert topic.address.topic(topic.channel, topic.sha256) == text


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidMessage):
        assert str(topics.address(text)) == text


DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "topic",
    [
        "hemei",
        "hemei/s/gate/east",
        "other/s/gate/east/state",
        "Hemei/s/gate/east/state",
        "/hemei/s/gate/east/state",
        "hemei/s/gate/east/state/",
        "hemei/s/gate/east/state/x",
        "hemei/s/gate/east/states",
        "hemei/s/gate//state",
        "hemei/s/gate/East/state",
        "hemei/s/gate/+/state",
        "hemei/s/gate/" + "x" * 65 + "/state",
        "hemei/s/gate/east/media",
        "hemei/s/gate/east/media/",
        "hemei/s/gate/east/media/" + DIGEST.upper(),
        "hemei/s/gate/east/media/" + DIGEST + "0",
        "hemei/s/gate/east/media/" + DIGEST + "/x",
        "hemei/s/gate/east/event/" + DIGEST,
    ],
)
def test_refuses(topic: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        topics.parse(topic)
    assert refused.value.code == "bad-topic"


@pytest.mark.parametrize("channel", list(Channel))
def test_one_filter_covers_a_channel_of_everything(channel: Channel) -> None:
    levels = topics.everything(channel).split("/")
    address = Address("s", "gate", "east")
    topic = address.topic(channel, DIGEST if channel is Channel.MEDIA else None).split("/")
    assert len(levels) == len(topic)
    assert all(level in {"+", name} for level, name in zip(levels, topic, strict=True))
