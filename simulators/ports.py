"""What the pretend devices of one process open together: servers and lines that several of them stand on."""

from typing import Any, Protocol, TypeVar


class SharedPorts(Protocol):
    """The servers of one protocol, opened as devices are put on them."""

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        ...

    async def tend(self) -> None:
        """Try once to open again what went away."""
        ...


SharedT = TypeVar("SharedT", bound=SharedPorts)


class Ports:
    """One object per protocol, made when the first device asks for it: `ports.of(ModbusPorts)`."""

    def __init__(self) -> None:
        self._kinds: dict[type[Any], SharedPorts] = {}

    def of(self, kind: type[SharedT]) -> SharedT:
        """Return the one `kind` of this process."""
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = kind()
        assert isinstance(found, kind)  # noqa: S101 - filed under its own class
        return found

    async def close(self) -> None:
        """Close all of every protocol."""
        for each in self._kinds.values():
            await each.close()

    async def tend(self) -> None:
        """Look after all of every protocol."""
        for each in self._kinds.values():
            await each.tend()
