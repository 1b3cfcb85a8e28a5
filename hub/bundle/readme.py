"""`README.txt` of a bundle: what is in it, and how to check it with what a machine has anyway."""

from typing import Final

from hub.bundle.source import Facts
from hub.bundle.times import rfc3339

_TEXT: Final = """\
数据披露包 {number}
====================

本压缩包是小区指挥中心应调取而制作的数据与图像，内容自制作之时（{made}，UTC）起未再变动。
  cover.html / cover.pdf   封面：案件、依据、批准人、时间线
  data/                    数据：CSV 与 XLSX（中文表头），JSONL（供程序读取，时间为 UTC）
  media/                   图片与录像，文件名即其 SHA-256
  custody.jsonl            流转记录（逐条扣链）
  manifest.json            清单：来源、时钟偏差、查询条件、每个文件的 SHA-256
  SHA256SUMS               校验和；*.sig 为 Ed25519 签名；signer.pem 为签名公钥

如何核对（无需本软件；任何一步不成功，即表示内容被改动）
  1. sha256sum -c {number}.zip.sha256
  2. unzip {number}.zip -d {number} && cd {number}
  3. sha256sum -c SHA256SUMS
     find . -type f | wc -l         应为 {files}
  4. openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
     openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in manifest.json -sigfile manifest.json.sig
     openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in ../{number}.zip.sha256 \\
         -sigfile ../{number}.zip.sha256.sig
  5. openssl pkey -pubin -in signer.pem -outform DER | sha256sum
     与小区另行告知的公钥指纹（见移交记录）比对：谁都能做出一对新密钥，这一步不可省略。本包写明的指纹：
     {fingerprint}
{stamp_zh}
Windows（自带命令；签名须用 Linux、macOS、Git for Windows 的 openssl 或 hemei verify 核对）
  1. 命令提示符：certutil -hashfile {number}.zip SHA256
     与移交记录（纸面）上的校验值逐组比对
  2. 解压后在其文件夹里用 PowerShell（不同或缺少的文件逐个列出；最后一个数应为 {files}）：
     {windows}

Disclosure {number}
====================

Data and pictures that a community's command centre made on request; unchanged since {made} (UTC).
  cover.html / cover.pdf   case, legal basis, who released it, timeline
  data/                    CSV and XLSX with Chinese headers; JSON Lines for programs, times in UTC
  media/                   pictures and clips, each named by its SHA-256
  custody.jsonl            chain of custody, each line chained to the one before
  manifest.json            sources, clock offsets, query, SHA-256 of every file
  SHA256SUMS               checksums; *.sig are Ed25519 signatures, signer.pem the public key

How to check it without our software (each command has to succeed): the five steps above. Step 5 compares
the key with the fingerprint that the community told you by another way (on the hand-over record): anybody
can make a new pair of keys, so it must not be left out. Signatures need OpenSSL 3.0 or newer. On Windows:
the two commands above compare the ZIP with the hand-over record, and every file with SHA256SUMS; they do
not check signatures.
{stamp_en}"""

WINDOWS: Final = (
    "gc -Encoding UTF8 SHA256SUMS | % { $sum, $name = $_ -split '  ', 2; "
    'if ((Get-FileHash -LiteralPath $name -Algorithm SHA256).Hash -ne $sum) { "BAD $name" } }; '
    "(gci -Recurse -File -Force).Count"
)
"""A line of PowerShell (5.1 or newer): what differs from SHA256SUMS, and how many files there are."""

_STAMP: Final = "openssl ts -verify -data SHA256SUMS -in SHA256SUMS.tsr -CAfile TSA-CA.pem"
_STAMP_SIGNED: Final = (
    "openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in SHA256SUMS.tsr -sigfile SHA256SUMS.tsr.sig"
)


def readme(facts: Facts, fingerprint: str, files: int, *, stamped: bool) -> bytes:
    """Write it; `files` is how many there are in the whole bundle."""
    stamp = f"     {_STAMP}\n     {_STAMP_SIGNED}\n"
    return _TEXT.format(
        number=facts.number,
        made=rfc3339(facts.made_ms),
        files=files,
        fingerprint=fingerprint,
        windows=WINDOWS,
        stamp_zh=f"  6. 时间戳（RFC 3161；TSA-CA.pem 为时间戳服务机构的根证书）\n{stamp}" if stamped else "",
        stamp_en="Step 6 checks the time stamp; TSA-CA.pem is the root certificate of its authority.\n"
        if stamped
        else "",
    ).encode()
