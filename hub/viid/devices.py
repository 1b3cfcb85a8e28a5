"""Tells the library of our devices: anew in each session, and when one is lost or heard again."""

import logging
from collections.abc import Callable, Mapping

from hub.viid.answer import Code
from hub.viid.items import Maker
from hub.viid.profile import Document, Shape, wrapped
from hub.viid.session import Session
from hub.viid.verdict import judge

logger = logging.getLogger(__name__)

Named = Callable[[], Mapping[str, str]]
"""Answers something of each device, by `kind/id`."""


class Devices:
    """What the library knows of our devices. `refused`: why it does not want one, by its id."""

    def __init__(self, maker: Maker, titles: Named, standing: Named) -> None:
        self.refused: dict[str, str] = {}
        self._maker = maker
        self._titles = titles
        self._standing = standing
        self._told: tuple[int, Mapping[str, str]] | None = None

    async def tell(self, session: Session) -> None:
        """Tell what the library does not know yet; Unreachable if there is no session."""
        standing = self._standing()
        now = (session.registrations, standing)
        if now == self._told:
            return
        refused: dict[str, str] = {}
        for shape, documents in self._maker.of_devices(self._titles(), standing):
            refused |= await _post(session, shape, documents)
        if refused and refused != self.refused:
            logger.warning("the police view library refuses %d of our devices", len(refused))
        self._told, self.refused = now, refused


async def _post(session: Session, shape: Shape, documents: list[Document]) -> dict[str, str]:
    """Send descriptions; return which were refused, and why."""
    reply = await session.post(shape.path, wrapped(shape, documents))
    judged = judge([each[shape.id] for each in documents], reply)
    ok = str(int(Code.OK))
    return {ident: each.reason or f"code {each.code}" for ident, each in judged.items() if each.code != ok}
