"""A private InfluxDB for a test run: Debian's 1.6, behind an nginx that gives it the write API of version 2.

    with InfluxDB(folder) as server:
        database = server.new_database()

Version 1.8 and later have `/api/v2/write` and tokens by themselves; nginx does no more than rename both.
"""

import json
import os
import secrets
import signal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from hemei.bench.influxd import Listening, Programs, ScratchInfluxDB, Server
from hub.history.influx.settings import InfluxSettings
from tests.broker import HOST, free_port, lasting_port
from tests.freezing import freeze
from tests.peers import require_program
from tests.plain_http import plain_sync_client

USER: Final = "tests:a-secret-of-the-tests"


class VictoriaMetrics(Server):
    """Debian's VictoriaMetrics: takes the write API of version 2 as it is, and answers no InfluxQL."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://{HOST}:{(port := lasting_port())}"
        program = require_program("victoria-metrics", "victoria-metrics")
        options = [f"-storageDataPath={folder}/data", f"-httpListenAddr={HOST}:{port}"]
        options.append("-retentionPeriod=100y")
        super().__init__(folder, [program, *options], f"{self.url}/health")

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill it."""
        self.kill()

    def exported(self) -> list[dict[str, Any]]:
        """Return every series with all its values and times."""
        with plain_sync_client() as client:
            client.get(f"{self.url}/internal/force_flush")
            answer = client.get(f"{self.url}/api/v1/export", params={"match[]": '{__name__!=""}'})
        return [json.loads(each) for each in answer.text.splitlines()]


class InfluxDB(ScratchInfluxDB):
    """An influxd and its nginx for one `with`; it can be killed, frozen and started again."""

    def __init__(self, folder: Path) -> None:
        programs = Programs(require_program("influxd", "influxdb"), require_program("nginx", "nginx"))
        listening = Listening(lasting_port(), lasting_port(), free_port())
        super().__init__(folder, programs, listening, USER, cold_s=600)

    def freeze(self) -> None:
        """Make the server deaf and dumb (SIGSTOP), its sockets open."""
        freeze(self.server.pid)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.server.pid, signal.SIGCONT)

    def new_database(self, retention: str = "INF") -> str:
        """Make an empty database and return its name."""
        name = f"test_{secrets.token_hex(6)}"
        self.create(name, f"WITH DURATION {retention} SHARD DURATION 52w")
        return name

    def settings(self, database: str, folder: Path, **fields: object) -> InfluxSettings:
        """Return how a hub reaches a database, with a buffer in `folder`, and little patience."""
        return super().settings(database, folder, **{"longest_pause_s": 0.5} | fields)
