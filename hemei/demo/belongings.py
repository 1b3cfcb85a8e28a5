"""What a demo's devices need beside the site file: keys, passwords, and who may pass the doors."""

import json
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hemei.demo.sample import sample
from hemei.private_files import new_secret, write_private
from hemei.toml_text import toml_table

RESIDENTS: Final = 200
FACILITY: Final = 57
PASSWORD_BYTES: Final = 24
"""OCPP 2.0.1 lets a post's password have 40 characters at most."""

CHARGING_POSTS: Final = ("garage-01", "garage-02", "garage-03")
"""Posts that say who they are by a password; the others' protocols know none."""
PLATE_CAMERAS: Final = ("east-in", "east-out", "west-in", "west-out")
"""Those that push to their gate: each has a secret path of its own."""
FACE_ACCOUNT: Final = "faces.account"
"""Of the terminal that is called; the other's is at the broker."""
LIBRARY_PASSWORD: Final = "viid.password"  # noqa: S105 - names a file
"""For the pretend view library, where `[viid]` looks for it by default."""
SUBSCRIBER_PASSWORD: Final = "viid-subscriptions.password"  # noqa: S105 - names a file
"""With which the pretend library subscribes."""
STAFF: Final = 8
ACCESS: Final = """\
# Who may pass which door of the demo. Holders are pseudonyms; another file would say who they are.

timezone = "Asia/Shanghai"

[levels.residents]
doors = [
    "lobby-1", "lobby-2", "lobby-3", "lobby-4", "lobby-5", "lobby-6",
    "garage-lobby", "east-walk", "west-walk", "north-walk",
]

[levels.staff]
doors = ["*"]
"""


def write_belongings(folder: Path) -> None:
    """Write each file that is not there yet; what is there stays, so that devices keep their keys."""
    own = folder / "secrets"
    _once(own / "doors.key", secrets.token_hex(16) + "\n")
    _once(own / "cameras.account", f"hemei:{new_secret()}\n")
    for post in CHARGING_POSTS:
        _once(own / f"{post}.ocpp", secrets.token_urlsafe(PASSWORD_BYTES) + "\n")
    for camera in PLATE_CAMERAS:
        _once(own / f"plates-{camera}.secret", new_secret() + "\n")
    _once(own / LIBRARY_PASSWORD, new_secret() + "\n")
    _once(own / SUBSCRIBER_PASSWORD, new_secret() + "\n")
    _once(own / FACE_ACCOUNT, f"hemei:{new_secret()}\n")
    who = sample()
    cards = card_numbers()
    _once(folder / "access.toml", "\n".join([ACCESS, *_credentials(cards[len(who.people) :])]))
    _once(folder / "cards.txt", "".join(f"{card}\n" for card in cards))
    write_private(folder / "plates.json", json.dumps(who.plates, ensure_ascii=False))


def card_numbers() -> list[str]:
    """Return all cards of the demo, as printed on them; the first are those of the register's people."""
    dice = random.Random(FACILITY)  # noqa: S311 - no real cards
    return [f"{FACILITY},{card}" for card in dice.sample(range(1, 65_536), RESIDENTS + STAFF)]


def _credentials(cards: list[str]) -> Iterator[str]:
    """Yield who is in the doors' own file: those whom the register does not have."""
    for nth, card in enumerate(cards):
        who = f"staff-{nth + 1}" if nth < STAFF else f"resident-{nth - STAFF + 1:04}"
        fields = {"id": f"card-{who}", "card": card, "holder": who}
        yield toml_table("[[credentials]]", fields | {"levels": ["staff" if nth < STAFF else "residents"]})


def _once(file: Path, text: str) -> None:
    if not file.exists():
        write_private(file, text)
