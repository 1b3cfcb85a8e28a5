"""An InfluxDB of the benchmark's own: influxd of version 1 with an nginx before it, both gone afterwards.

    with ScratchInfluxDB(folder, programs(), listening, "bench:a-secret") as server:
        server.create("bench")

Version 1.6, Debian's, has no `/api/v2/write` and no tokens; nginx does no more than rename both.
"""

import base64
import contextlib
import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import httpx

from contract.errors import ConfigurationError
from hemei.demo.ports import HOST
from hub.history.influx.settings import InfluxSettings

START_TIMEOUT_S: Final = 45.0
LOOK_S: Final = 0.02
WORDS_KEPT: Final = 300
BLOCK: Final = 512
"""What `st_blocks` counts, bytes."""

HELD: Final = ("data", "wal")
PATHS: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
"""Debian puts servers where only root looks."""

COLD_S: Final = 5
"""So long after the last write of a shard, its write-ahead log becomes files, and these one."""

SETTLED_S: Final = 4 * COLD_S
"""A folder that has not changed for so long is compacted."""

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
  cache-snapshot-write-cold-duration = "{cold_s}s"
  compact-full-write-cold-duration = "{cold_s}s"
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
    map_hash_bucket_size 256;
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


class Listening(NamedTuple):
    """Where nginx listens, influxd behind it, and that for its backups."""

    front: int
    behind: int
    backup: int


class Programs(NamedTuple):
    """Where they are."""

    influxd: str
    nginx: str


def programs() -> Programs:
    """Find both; ConfigurationError if one is missing, or if influxd is of another version."""
    influxd, nginx = shutil.which("influxd", path=PATHS), shutil.which("nginx", path=PATHS)
    if influxd is None or nginx is None:
        raise ConfigurationError(
            "--influxd needs the servers influxd (version 1) and nginx: apt-get install influxdb nginx-light"
        )
    says = subprocess.run([influxd, "version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on the path
    if " v1." not in says:
        raise ConfigurationError(
            f"--influxd starts version 1, not {says.strip()!r}; name yours with --influx"
        )
    return Programs(influxd, nginx)


class Server:
    """A child process that answers HTTP."""

    def __init__(self, folder: Path, command: list[str], looks_at: str) -> None:
        self._name = Path(command[0]).name
        self._out = folder / f"{self._name}.out"
        self._command, self._looks_at = command, looks_at
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0: it was never started."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers; ConfigurationError if it does not."""
        with self._out.open("ab") as out:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603 - the same
        deadline = time.monotonic() + START_TIMEOUT_S
        with _client() as client:
            while True:
                try:
                    client.get(self._looks_at)
                except httpx.HTTPError as error:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        raise ConfigurationError(
                            f"{self._name} does not start: {self._last_words()}"
                        ) from error
                    time.sleep(LOOK_S)
                else:
                    return

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        return " ".join(self._out.read_text(errors="replace").split())[-WORDS_KEPT:]


class ScratchInfluxDB:
    """Both servers for one `with`, with one account, `user:password`; their files are in `folder`."""

    def __init__(
        self, folder: Path, at: Programs, ports: Listening, account: str, *, cold_s: float = COLD_S
    ) -> None:
        self.folder = folder
        self.account = account
        self.url = f"http://{HOST}:{ports.front}"
        self._direct = f"http://{HOST}:{ports.behind}"
        config = folder / "influxdb.conf"
        config.write_text(
            INFLUXD.format(
                host=HOST, folder=folder, port=ports.behind, backup_port=ports.backup, cold_s=cold_s
            )
        )
        front = folder / "nginx.conf"
        front.write_text(self._nginx(ports))
        self.server = Server(folder, [at.influxd, "-config", str(config)], f"{self._direct}/ping")
        self._front = Server(folder, [at.nginx, "-e", "stderr", "-c", str(front)], f"{self.url}/ping")

    def __enter__(self) -> Self:
        """Start both."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._kill)
            self.server.start()
            name, _, password = self.account.partition(":")
            self._say(f"CREATE USER {name} WITH PASSWORD '{password}' WITH ALL PRIVILEGES")
            self._front.start()
            stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill both."""
        self._kill()

    def create(self, database: str, how: str = "") -> None:
        """Make an empty database; `how`: its retention, as InfluxQL says that."""
        self._say(f"CREATE DATABASE {database} {how}")

    def drop(self, database: str) -> None:
        """Delete a database."""
        self._say(f"DROP DATABASE {database}")

    def settings(self, database: str, folder: Path, **fields: object) -> InfluxSettings:
        """Return how a hub reaches a database, with a buffer in `folder`."""
        known: dict[str, object] = {
            "url": self.url,
            "bucket": database,
            "database": database,
            "token": self.account,
            "buffer_dir": folder,
        }
        return InfluxSettings(**known | fields)  # type: ignore[arg-type]  # whatever else somebody wants

    def held(self) -> int:
        """Return how many bytes its database holds on the disk, once that has come to rest."""
        size, since = -1, time.monotonic()
        while time.monotonic() - since < SETTLED_S:
            if (now := sum(on_disk(self.folder / part) for part in HELD)) != size:
                size, since = now, time.monotonic()
            time.sleep(LOOK_S)
        return size

    def _kill(self) -> None:
        self._front.kill()
        self.server.kill()

    def _nginx(self, ports: Listening) -> str:
        # Root's nginx changes to an account that cannot write here, unless it is told not to.
        user = "user root;" if os.geteuid() == 0 else ""
        basic = base64.b64encode(self.account.encode()).decode()
        return NGINX.format(
            host=HOST,
            folder=self.folder,
            port=ports.front,
            behind=ports.behind,
            token=self.account,
            basic=basic,
            user=user,
        )

    def _say(self, statement: str) -> None:
        name, _, password = self.account.partition(":")
        with _client(auth=(name, password)) as client:
            answer = client.post(f"{self._direct}/query", data={"q": statement})
        if "error" in answer.text:
            raise ConfigurationError(f"influxd refuses: {answer.text}")


def on_disk(folder: Path) -> int:
    """Return how many bytes a folder takes on the disk; files that vanish meanwhile count for nothing."""
    total = 0
    for each in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            total += each.stat().st_blocks * BLOCK
    return total


def _client(**options: Any) -> httpx.Client:
    """Return a client for this machine: to load every authority of the world takes long."""
    return httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, **options)
