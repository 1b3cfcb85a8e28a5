"""What travels and what is written down beside the register says of nobody who it is.

A real mosquitto, real processes and what they leave on the disk; devices are our own simulators.
"""

from base64 import b64encode

import pytest

from tests.e2e.naming import NAMES, PLATES, look_at_people, named_in, written
from tests.e2e.test_wire_matches_asyncapi import listening
from tests.hemei.demos import RunningDemo
from tests.pictures import jpeg
from tests.waiting import eventually

pytestmark = pytest.mark.xdist_group("lane-2")


def test_what_looks_for_people_finds_them() -> None:
    assert named_in("张三 11010519491231002X") == {"11010519491231002X"}, "the example of GB 11643"
    assert named_in("13800138000, 1796066298000") == {"13800138000"}
    face = b64encode(jpeg()).decode()
    assert {found[:4] for found in named_in(f'{{"picture":"{face}"}}')} == {"/9j/"}
    name, plate = min(NAMES), min(PLATES)
    assert named_in(f"{name} drives {plate}") == {name, plate}
    assert named_in(plate, plates=False) == set()


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="package")
async def test_topics_series_logs_and_metrics_name_nobody(whole_community: RunningDemo) -> None:
    demo = whole_community
    async with listening(demo) as heard:
        await look_at_people(demo)
        await eventually(lambda: any(b"plate" in each.payload for each in heard), within_s=120)
        await eventually(lambda: any(each.topic.endswith("/telemetry") for each in heard))
        texts = await written(demo, {each.topic for each in heard})
    assert "HTTP Request" not in texts["hub.log"], "nor is any address of others told"
    assert {name: found for name, text in texts.items() if (found := named_in(text))} == {}
    said = "\n".join(each.payload.decode("utf-8", "replace") for each in heard)
    assert named_in(said, plates=False) == set(), "devices speak of plates, and of nobody's name"
