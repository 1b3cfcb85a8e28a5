"""A private Apache with mod_auth_digest before an upstream: an independent peer for logins and transport."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from drivers.runtime.credentials import Credentials
from tests.broker import HOST, free_port
from tests.peers import require_program
from tests.waiting import eventually

US: Final = Credentials("hemei", "secret")
REALM: Final = "IP Camera"
MODULES: Final = Path("/usr/lib/apache2/modules")
NAMES: Final = (
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_digest",
    "proxy",
    "proxy_http",
    "ssl",
)

CONF: Final = """
ServerName {host}
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel auth_digest:info warn
Listen {host}:{port}
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 8
{user}
{modules}
{tls}
ProxyPass / {upstream}/ flushpackets=on
<LocationMatch {guarded}>
    AuthType Digest
    AuthName "{realm}"
    AuthDigestProvider file
    AuthUserFile {folder}/accounts
    Require valid-user
</LocationMatch>
"""


class Apache:
    """An Apache child process that lets in `US`, stopped at the end of `async with`.

    `certificate` and its key make it speak TLS; `guarded`: which paths it lets only `US` in to.
    """

    def __init__(
        self, upstream: str, *, certificate: tuple[Path, Path] | None = None, guarded: str = "^/"
    ) -> None:
        self.program = require_program("apache2", "apache2-bin")
        self.port = free_port()
        self.url = f"{'https' if certificate else 'http'}://{HOST}:{self.port}"
        self._upstream = upstream
        self._guarded = guarded
        self._certificate = certificate
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start, and return when it accepts connections."""
        self._folder = Path(tempfile.mkdtemp(prefix="apache-"))
        self._folder.chmod(0o755)  # its workers are another account where the tests are root
        known = f"{US.user}:{REALM}:{US.password}"
        digest = hashlib.md5(known.encode(), usedforsecurity=False).hexdigest()
        (self._folder / "accounts").write_text(f"{US.user}:{REALM}:{digest}\n")
        (self._folder / "conf").write_text(self._conf())
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and remove what it wrote."""
        await self.stop()
        shutil.rmtree(self._folder)

    async def restart(self) -> None:
        """Stop it and start it again: it forgets what it has challenged anybody with."""
        await self.stop()
        await self.start()

    async def start(self) -> None:
        """Run it, and return when it accepts connections."""
        self._process = await asyncio.create_subprocess_exec(
            self.program, "-f", str(self._folder / "conf"), "-D", "FOREGROUND", start_new_session=True
        )
        try:
            await eventually(self._listens)
        except TimeoutError:
            raise RuntimeError(f"Apache did not start: {self.log}") from None

    async def stop(self) -> None:
        """Kill it, whatever it is about to answer."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    @property
    def log(self) -> str:
        """What it has written of errors, refused passwords among them."""
        return (self._folder / "error.log").read_text() if (self._folder / "error.log").exists() else ""

    def _listens(self) -> bool:
        assert self._process is not None
        if self._process.returncode is not None:
            raise TimeoutError
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def _conf(self) -> str:
        tls = ""
        if self._certificate:
            crt, key = (shutil.copy(each, self._folder) for each in self._certificate)
            tls = f"SSLEngine on\nSSLCertificateFile {crt}\nSSLCertificateKeyFile {key}"
        return CONF.format(
            host=HOST,
            port=self.port,
            folder=self._folder,
            user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
            modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NAMES),
            tls=tls,
            upstream=self._upstream,
            guarded=self._guarded,
            realm=REALM,
        )
