"""What the site file may say about a camera, and how it is told what is wrong."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.camera.options import CameraOptions


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "wire"),
        ({"wire": "http://10.0.0.1/x"}, "rtsp://"),
        ({"wire": "rtsp:///x"}, "rtsp://"),
        ({"wire": "rtsp://h:99999/x"}, "rtsp://"),
        ({"wire": "rtsp://guard:s3cret@h/x"}, "credentials_file"),
        ({"onvif": "http://guard:s3cret@h"}, "credentials_file"),
        ({"onvif": "rtsp://h"}, "http://"),
        ({"wire": "rtsp://h/x", "hikvision": "h"}, "http://"),
        ({"wire": "rtsp://h/x", "onvif_events": True}, "onvif"),
        ({"wire": "rtsp://h/x", "health_fps": 0}, "health_fps"),
        ({"wire": "rtsp://h/x", "credentials_file": "/nowhere"}, "credentials_file"),
        ({"wire": "rtsp://h/x", "password": "s3cret"}, "password"),
    ],
)
def test_wrong_options_are_named_and_no_secret_is(options: dict[str, Any], named: str) -> None:
    with pytest.raises(msgspec.ValidationError) as wrong:
        msgspec.convert(options, CameraOptions)
    assert named in str(wrong.value)
    assert "s3cret" not in str(wrong.value)


@pytest.mark.parametrize("account", ["guard:" + "s3cret" * 30, "ü:ß" * 50])
def test_an_account_that_ffmpeg_would_cut_is_refused(account: str, tmp_path: Path) -> None:
    file = tmp_path / "account"
    file.write_text(account, encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match=r"credentials_file .* 127 bytes") as wrong:
        msgspec.convert({"wire": "rtsp://h/x", "credentials_file": str(file)}, CameraOptions)
    assert "s3cret" not in str(wrong.value)


def test_a_stream_or_a_device_is_enough() -> None:
    assert msgspec.convert({"wire": "rtsp://h/x"}, CameraOptions).transport == "tcp"
    assert msgspec.convert({"onvif": "https://h:8443"}, CameraOptions).wire is None
