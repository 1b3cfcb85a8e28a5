"""A private InfluxDB for a test run: Debian's 1.6, behind an nginx that gives it the write API of version 2.

    with InfluxDB(folder) as server:
        database = server.new_database()

Version 1.8 and later have `/api/v2/write` and tokens by themselves; nginx does no more than rename both.
"""

import base64
import json
import os
import secrets
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from hub.history.influx.settings import InfluxSettings
from tests.broker import HOST, free_port, lasting_port
from tests.peers import require_program
from tests.plain_http import plain_sync_client

USER: Final = "tests:a-secret-of-the-tests"
START_TIMEOUT_S: Final = 45.0
LOOK_S: Final = 0.02

INFLUXD: Final = """
reporting-disabled = true
bind-address = "{host}:{backup_port}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "{host}:{port}"
  auth-enabled = true
  log-enabled = false
[subscriber]
  enabled = false
[continuous_queries]
  enabled = false
"""

NGINX: Final = """
daemon off;
master_process off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_max_body_size 25m;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_authorization $known {{ "Token {token}" "Basic {basic}"; default $http_authorization; }}
    server {{
        listen {host}:{port};
        proxy_set_header Authorization $known;
        proxy_buffering off;
        location = /api/v2/write {{
            rewrite ^ /write?db=$arg_bucket break;
            proxy_pass http://{host}:{behind};
        }}
        location / {{ proxy_pass http://{host}:{behind}; }}
    }}
}}
"""


class Server:
    """A child process that answers HTTP; it can be killed, frozen and started again."""

    def __init__(self, folder: Path, command: list[str], looks_at: str) -> None:
        self._folder, self._command, self._looks_at = folder, command, looks_at
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._folder / f"{Path(self._command[0]).name}.out").open("ab") as out:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        deadline = time.monotonic() + START_TIMEOUT_S
        with plain_sync_client() as client:
            while True:
                try:
                    client.get(self._looks_at)
                except httpx.HTTPError:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        raise
                    time.sleep(LOOK_S)
                else:
                    return

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Make it deaf and dumb (SIGSTOP), its sockets open."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)


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


class InfluxDB:
    """An influxd and its nginx for one `with`."""

    def __init__(self, folder: Path) -> None:
        influxd = require_program("influxd", "influxdb")
        nginx = require_program("nginx", "nginx")
        self._folder, behind, port = folder, lasting_port(), lasting_port()
        self.url = f"http://{HOST}:{port}"
        self._direct = f"http://{HOST}:{behind}"
        config = folder / "influxdb.conf"
        config.write_text(INFLUXD.format(host=HOST, folder=folder, port=behind, backup_port=free_port()))
        basic = base64.b64encode(USER.encode()).decode()
        user = (
            "user root;" if os.geteuid() == 0 else ""
        )  # else it changes to an account that cannot write here
        front = folder / "nginx.conf"
        front.write_text(
            NGINX.format(
                host=HOST, folder=folder, port=port, behind=behind, token=USER, basic=basic, user=user
            )
        )
        self.server = Server(folder, [influxd, "-config", str(config)], f"{self._direct}/ping")
        self._front = Server(folder, [nginx, "-e", "stderr", "-c", str(front)], f"{self.url}/ping")

    def __enter__(self) -> Self:
        """Start both, with one account."""
        self.server.start()
        name, _, password = USER.partition(":")
        self._say(f"CREATE USER {name} WITH PASSWORD '{password}' WITH ALL PRIVILEGES")
        self._front.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill both."""
        self._front.kill()
        self.server.kill()

    def new_database(self, retention: str = "INF") -> str:
        """Make an empty database and return its name."""
        name = f"test_{secrets.token_hex(6)}"
        self._say(f"CREATE DATABASE {name} WITH DURATION {retention} SHARD DURATION 52w")
        return name

    def drop(self, database: str) -> None:
        """Delete a database."""
        self._say(f"DROP DATABASE {database}")

    def settings(self, database: str, folder: Path, **fields: object) -> InfluxSettings:
        """Return how a hub reaches a database, with a buffer in `folder`, and little patience."""
        known: dict[str, object] = {
            "url": self.url,
            "bucket": database,
            "database": database,
            "token": USER,
            "buffer_dir": folder,
            "longest_pause_s": 0.5,
        }
        return InfluxSettings(**known | fields)  # type: ignore[arg-type]  # a test's own fields

    def _say(self, statement: str) -> None:
        name, _, password = USER.partition(":")
        with plain_sync_client(auth=(name, password)) as client:
            answer = client.post(f"{self._direct}/query", data={"q": statement})
        if "error" in answer.text:
            raise RuntimeError(answer.text)
