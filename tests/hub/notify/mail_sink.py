"""A mail server's receiving end, as much of RFC 5321 as one message needs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailSink:
    """Keeps the mails that come; `refuses` who is not known here."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = ""
        self.port = 0

    def address(self, to: str) -> str:
        """Return an Apprise address that leads here."""
        return f"mailto://alarm@example.com:{self.port}?smtp=127.0.0.1&to={to}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one SMTP conversation."""
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            match line.split()[0].upper():
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    mail = message_from_bytes(text.removesuffix(b".\r\n"), policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    self.mails.append(mail)
                    writer.write(b"250 kept\r\n")
                case b"RCPT" if self.refuses and self.refuses.encode() in line:
                    writer.write(b"550 no such mailbox\r\n")
                case b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case _:
                    writer.write(b"250 fine\r\n")
        writer.close()


@asynccontextmanager
async def mail_sink() -> AsyncIterator[MailSink]:
    """Open a mail server on a free port."""
    sink = MailSink()
    async with await asyncio.start_server(sink.serve, "127.0.0.1", 0) as server:
        sink.port = server.sockets[0].getsockname()[1]
        yield sink
