"""A time stamp authority of OpenSSL's, behind a tiny HTTP server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


def openssl(*words: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run openssl; it has to succeed."""
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, **more)


def make_authority(folder: Path) -> Path:
    """Make keys and certificates of an authority, and return its root certificate."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    usage = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
    (folder / "usage").write_text(usage)
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    ca, key = folder / "ca.pem", folder / "ca.key"
    openssl("req", "-x509", *new, "-keyout", key, "-out", ca, "-subj", "/CN=Test root", "-days", 3650)
    asked = folder / "tsa.csr"
    openssl("req", *new, "-keyout", folder / "tsa.key", "-out", asked, "-subj", "/CN=Test stamper")
    signing = ("-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", 3650, "-extfile", folder / "usage")
    openssl("x509", "-req", "-in", asked, "-out", folder / "tsa.pem", *signing)
    return ca


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Answer requests for stamps, and give the address.

    `/broken` answers with nonsense, `/busy` with 503, `/other` with a stamp of other content.
    """

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = folder / "asked.tsq"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            asked.write_bytes(_of_other_content(query) if self.path == "/other" else query)
            stamp = ("ts", "-reply", "-queryfile", asked, "-config", folder / "tsa.cnf")
            answer = b"nonsense" if self.path == "/broken" else openssl(*stamp).stdout
            self.send_response(503 if self.path == "/busy" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _of_other_content(query: bytes) -> bytes:
    """Change a byte of the imprint: 32 bytes behind their tag and length."""
    place = query.index(b"\x04\x20") + 2
    return query[:place] + bytes([query[place] ^ 1]) + query[place + 1 :]
