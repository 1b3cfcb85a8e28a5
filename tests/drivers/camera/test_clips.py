"""Clips: the camera's own packets in an MP4 that plays and seeks, by FFmpeg and in a browser."""

import base64

import av
import pytest

from drivers.camera.clips import cut_clip
from drivers.camera.ring import Ring
from drivers.camera.stream import Packet, clip
from tests.browser.chromium import chromium
from tests.drivers.camera.recordings import atoms, opened, recorded


def rebased(packets: tuple[Packet, ...]) -> list[Packet]:
    first = packets[0].ticks or 0
    return [each._replace(ticks=(each.ticks or 0) - first) for each in packets]


@pytest.mark.parametrize(("codec", "b_frames"), [("h264", 0), ("h264", 2), ("hevc", 0)])
def test_it_holds_every_picture_at_its_time(codec: str, b_frames: int) -> None:
    form, packets = recorded(codec, b_frames=b_frames)
    mp4 = clip(form, rebased(packets))
    found, length_s, shown = opened(mp4)
    assert found == codec
    assert length_s == pytest.approx(6.0, abs=0.25)
    assert len(shown) == 60
    for number, (at, grey) in enumerate(shown):
        assert at - shown[0][0] == pytest.approx(number / 10, abs=0.02)
        assert grey == pytest.approx(16 + 20 * (number // 10), abs=6)


def test_its_index_stands_in_front() -> None:
    form, packets = recorded()
    order = atoms(clip(form, rebased(packets)))
    assert order.index("moov") < order.index("mdat")


def test_nothing_is_encoded_anew() -> None:
    form, packets = recorded()
    mp4 = clip(form, rebased(packets))
    pictures = [each.data.split(b"\0\0\1")[-1] for each in packets]  # without start codes and parameters
    assert all(picture in mp4 for picture in pictures)


def test_parameters_are_added_where_the_packets_lack_them() -> None:
    form, packets = recorded()
    bare = [Packet(_without_parameters(each.data), each.ticks, each.key) for each in packets]
    assert len(opened(clip(form, rebased(tuple(bare))))[2]) == 60


def _without_parameters(data: bytes) -> bytes:
    units = data.split(b"\0\0\1")[1:]
    return b"".join(b"\0\0\1" + unit for unit in units if unit and unit[0] & 0x1F not in (7, 8))


@pytest.mark.parametrize(("before_s", "first_s"), [(2.0, 3), (30.0, 0)])
async def test_it_is_cut_around_a_moment(before_s: float, first_s: int) -> None:
    form, packets = recorded()
    ring = Ring(60, 10**8)
    for packet in packets:
        ring.add(packet)
    cut = await cut_clip(ring, form, ring.end - 0.5, before_s, 0.5)
    assert cut.complete is (before_s < 5)
    assert cut.codec == "h264"
    _, length_s, shown = opened(cut.mp4)
    assert length_s == pytest.approx(cut.duration_s, abs=0.2)
    assert shown[0][1] == pytest.approx(16 + 20 * first_s, abs=6)
    assert shown[-1][1] == pytest.approx(116, abs=6)


async def test_a_browser_plays_and_seeks_it() -> None:
    form, packets = recorded()
    mp4 = clip(form, rebased(packets))
    async with chromium() as browser:
        page = await browser.new_page()
        source = base64.b64encode(mp4).decode()
        await page.set_content(f'<video muted src="data:video/mp4;base64,{source}"></video>')
        seen = await page.evaluate(_WATCH)
    assert seen["error"] is None
    assert seen["duration"] == pytest.approx(6.0, abs=0.25)
    assert (seen["width"], seen["height"]) == (320, 180)
    assert seen["at"] == pytest.approx(3.5, abs=0.05)
    assert seen["grey"] == pytest.approx(76, abs=14), "the picture of the fourth second"
    assert seen["played"] > 3.5


_WATCH = """async () => {
  const video = document.querySelector("video");
  const once = (name) => new Promise((done) => {
    video.addEventListener(name, done, { once: true });
    video.addEventListener("error", done, { once: true });
  });
  if (video.readyState < 2 && !video.error) await once("loadeddata");
  if (video.error) return { error: video.error.message };
  video.currentTime = 3.5;
  await once("seeked");
  const at = video.currentTime;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  let grey = 0;
  for (let alpha = 0; alpha === 0; ) {  // on a busy machine there is no picture yet, and nothing is drawn
    await new Promise(requestAnimationFrame);
    context.drawImage(video, 0, 0);
    [grey, , , alpha] = context.getImageData(5, 5, 1, 1).data;
  }
  await video.play();
  await once("timeupdate");
  while (video.currentTime <= at) await once("timeupdate");
  return { error: null, duration: video.duration, width: video.videoWidth, height: video.videoHeight,
           at, grey, played: video.currentTime };
}"""


def test_ffmpeg_knows_the_codecs_by_our_names() -> None:
    assert {"h264", "hevc"} <= av.codecs_available
