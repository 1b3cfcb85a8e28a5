r"""The call counter's words: ASCII lines that end in `\n`, at most 200 bytes, over one TCP connection.

| client sends | device answers | meaning |
|---|---|---|
| `HELLO 1` | `HELLO <serial> <celsius>` | version 1 of these words; the device then sends its pulses |
| `ACK <n>` | nothing | every pulse up to number n is safe: forget them |
| `TEMP?` | `TEMP <celsius>` | temperature in the housing, one decimal |
| `BEEP <seconds>` | `OK` or `ERR <reason>` | beep that long, 0 < seconds <= 10; answered at once |
| anything else | `ERR <reason>` | |

| device sends by itself | meaning |
|---|---|
| `PULSE <n> <unix_ms>` | happening number n (1, 2, 3 …) was counted at that time |

Pulses come in the order of their numbers, at most 500 beyond the last `ACK`. After every `HELLO` the device
starts again behind the last `ACK` (go-back-N), so a client sees some numbers twice and must know them. Before
`HELLO` it sends none. Pulses may stand between a question and its answer; answers keep the order of their
questions. The device has one line: a new connection that says `HELLO` ends the one before.
"""

VERSION = "1"
LONGEST_LINE = 200
LONGEST_BEEP_S = 10.0


class WrongWord(Exception):
    """A line that the device does not understand; the text is the reason in its `ERR`."""


def hello(serial: str, celsius: float) -> bytes:
    """Answer `HELLO`."""
    return f"HELLO {serial} {celsius:.1f}\n".encode("ascii")


def pulse(number: int, unix_ms: int) -> bytes:
    """Report one happening."""
    return f"PULSE {number} {unix_ms}\n".encode("ascii")


def temperature(celsius: float) -> bytes:
    """Answer `TEMP?`."""
    return f"TEMP {celsius:.1f}\n".encode("ascii")


def error(reason: str) -> bytes:
    """Refuse."""
    return f"ERR {reason}\n".encode("ascii", "replace")


OK = b"OK\n"


def words(line: bytes) -> tuple[str, str]:
    """Split a client's line into its word and its argument, which may be empty; WrongWord if not ASCII."""
    try:
        word, _, argument = line.decode("ascii").strip().partition(" ")
    except UnicodeDecodeError as broken:
        raise WrongWord("not ASCII") from broken
    return word, argument.strip()


def acknowledged(argument: str) -> int:
    """Read the number of an `ACK`."""
    if not argument.isdigit():
        raise WrongWord("ACK needs a number")
    return int(argument)


def beep_seconds(argument: str) -> float:
    """Read the seconds of a `BEEP`."""
    try:
        seconds = float(argument)
    except ValueError as broken:
        raise WrongWord("BEEP needs seconds") from broken
    if not 0 < seconds <= LONGEST_BEEP_S:
        raise WrongWord(f"seconds must be more than 0 and at most {LONGEST_BEEP_S:g}")
    return seconds
