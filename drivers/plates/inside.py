"""Who is inside, as far as the gates of an area saw: for anti-passback. Pure.

Kept in buckets, so that a gate writes little for each vehicle, and under hashes of the plates. What several
gates of a host have written is put together by its time.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

BUCKETS: Final = 64
KEPT: Final = 256
"""Vehicles in a bucket; those that passed longest ago are forgotten."""

Whereabouts = tuple[bool, int]
"""Whether inside, and since when, in seconds since 1970."""


class Inside:
    """The vehicles that passed the gates of one area."""

    def __init__(self) -> None:
        self._buckets: list[dict[str, Whereabouts]] = [{} for _ in range(BUCKETS)]

    def has(self, plate: str) -> bool | None:
        """Whether a vehicle is inside; None if it never passed."""
        key = _key(plate)
        found = self._buckets[_bucket(key)].get(key)
        return None if found is None else found[0]

    def mark(self, plate: str, since: int, *, inside: bool, late: bool = False) -> int:
        """Take that a vehicle passed, `since` seconds since 1970; the bucket that is to be kept.

        `late`: it is told of later, so something else may have happened since. What happens now counts,
        whatever the clock was before it was set.
        """
        key = _key(plate)
        self._put(key, (inside, since), late=late)
        return _bucket(key)

    def text(self, bucket: int) -> str:
        """Write a bucket down, for `merge`."""
        return json.dumps(self._buckets[bucket], separators=(",", ":"))

    def merge(self, text: object) -> None:
        """Take what a gate has kept; what it makes no sense of is left out."""
        for key, whereabouts in _read(text):
            self._put(key, whereabouts, late=True)

    def _put(self, key: str, whereabouts: Whereabouts, *, late: bool) -> None:
        bucket = self._buckets[_bucket(key)]
        known = bucket.get(key)
        if late and known is not None and known[1] > whereabouts[1]:
            return
        bucket[key] = whereabouts
        if len(bucket) > KEPT:
            del bucket[min(bucket, key=lambda each: bucket[each][1])]


def _key(plate: str) -> str:
    return sha256(plate.encode()).hexdigest()[:16]


def _bucket(key: str) -> int:
    return int(key[:4], 16) % BUCKETS


def _read(text: object) -> Iterator[tuple[str, Whereabouts]]:
    try:
        read = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return
    for key, whereabouts in read.items() if isinstance(read, dict) else ():
        match whereabouts:
            case [bool(inside), int(since)] if _is_key(key):
                yield key, (inside, since)


def _is_key(key: str) -> bool:
    return len(key) == 16 and all(each in "0123456789abcdef" for each in key)
