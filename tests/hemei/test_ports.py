"""Ports and folders that demos share with nobody."""

import socket
from pathlib import Path

import pytest

from contract.errors import ConfigurationError
from hemei.demo.folder_lock import folder_lock
from hemei.demo.ports import Ports


def test_a_port_is_taken_once() -> None:
    with Ports() as mine, Ports() as others:
        port = mine.take()
        assert others.take(port) != port
        assert mine.take(port) != port
        with pytest.raises(ConfigurationError, match=f"--port {port}: is taken; allowed: a free port"):
            others.take_exactly(port)
    with Ports() as later:
        assert later.take_exactly(port) == port


def test_a_port_somebody_listens_on_is_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Ports() as ports:
        port = listener.getsockname()[1]
        assert ports.take(port) != port


def test_a_folder_is_held_once_and_a_stale_lock_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n")
    with (
        folder_lock(tmp_path),
        pytest.raises(ConfigurationError, match=r"a demo runs in it already \(process"),
        folder_lock(tmp_path),
    ):
        pass
    with folder_lock(tmp_path):
        pass
