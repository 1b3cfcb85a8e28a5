"""The two UDP ports of an RTSP server, for RTP and for RTCP."""

import asyncio
from dataclasses import dataclass
from typing import Self


class _Deaf(asyncio.DatagramProtocol):
    """Takes what readers send (holes in their firewalls, receiver reports) and does nothing with it."""


@dataclass(slots=True)
class UdpPair:
    """Two open sockets."""

    rtp: asyncio.DatagramTransport
    rtcp: asyncio.DatagramTransport

    @classmethod
    async def open(cls, host: str) -> Self:
        """Open both at ports that the machine chooses."""
        loop = asyncio.get_running_loop()
        rtp, _ = await loop.create_datagram_endpoint(_Deaf, local_addr=(host, 0))
        rtcp, _ = await loop.create_datagram_endpoint(_Deaf, local_addr=(host, 0))
        return cls(rtp, rtcp)

    @property
    def ports(self) -> str:
        """Both ports, as a Transport header names them."""
        return "-".join(str(each.get_extra_info("sockname")[1]) for each in (self.rtp, self.rtcp))

    def close(self) -> None:
        """Close both."""
        self.rtp.close()
        self.rtcp.close()
