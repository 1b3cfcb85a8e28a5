"""A word for each of thousands of keys, kept across restarts in a few hundred facts.

A fact for each person would be twenty thousand rows for each terminal, all in memory; one for all would be
written whole at every change. So keys are spread over buckets, and a bucket is a fact.
"""

import asyncio
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import starmap
from typing import Final

from drivers.runtime.interface import Port

BUCKETS: Final = 256


class Ledger:
    """Words by key. Neither holds a blank or an equals sign."""

    def __init__(self, port: Port, name: str) -> None:
        self._port, self._name = port, name
        self._buckets: list[dict[str, str]] = [self._recall(number) for number in range(BUCKETS)]

    def __len__(self) -> int:
        return sum(map(len, self._buckets))

    def __iter__(self) -> Iterator[str]:
        return (key for bucket in self._buckets for key in tuple(bucket))

    def __contains__(self, key: str) -> bool:
        return key in self._buckets[_bucket_of(key)]

    def get(self, key: str) -> str:
        """Return the word of a key, empty if there is none."""
        return self._buckets[_bucket_of(key)].get(key, "")

    def count(self, word: str) -> int:
        """Return how many keys have this word."""
        return sum(each == word for bucket in self._buckets for each in bucket.values())

    async def write(self, words: Mapping[str, str]) -> None:
        """Change words, or with an empty one forget a key; on disk when this returns.

        StorageError: nothing of it counts. Called one at a time.
        """
        changed: dict[int, dict[str, str]] = {}
        for key, word in words.items():
            number = _bucket_of(key)
            if self._buckets[number].get(key, "") == word:
                continue
            bucket = changed.setdefault(number, dict(self._buckets[number]))
            if word:
                bucket[key] = word
            else:
                bucket.pop(key, None)
        await asyncio.gather(*starmap(self._remember, changed.items()))  # one group, one sync to disk
        for number, bucket in changed.items():
            self._buckets[number] = bucket

    def _recall(self, number: int) -> dict[str, str]:
        written = self._port.recall(self._fact(number))
        pairs = (each.split("=", 1) for each in written.split()) if isinstance(written, str) else ()
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}

    async def _remember(self, number: int, bucket: Mapping[str, str]) -> None:
        written = " ".join(f"{key}={word}" for key, word in bucket.items())
        await self._port.remember(self._fact(number), written or None)

    def _fact(self, number: int) -> str:
        return f"{self._name}-{number:02x}"


def _bucket_of(key: str) -> int:
    return blake2b(key.encode(), digest_size=1).digest()[0]
