"""The picture that the site file names: that of the first plan, until somebody puts another in its place."""

from pathlib import Path

from contract.errors import ConfigurationError, InvalidMessage
from hub.plans.picture import MAX_PICTURE_BYTES, Picture, read_picture
from hub.plans.records import TooLarge


def read_plan(file: Path | None) -> Picture | None:
    """Read the drawing, once; None if the site has none. ConfigurationError says what is wrong with it."""
    if file is None:
        return None
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise ConfigurationError(f"[site] plan_file: {file}: {wrong.strerror}") from wrong
    if len(content) > MAX_PICTURE_BYTES:
        raise ConfigurationError(f"[site] plan_file: {file}: has more than {MAX_PICTURE_BYTES} bytes")
    try:
        return read_picture(content)
    except (InvalidMessage, TooLarge) as wrong:
        raise ConfigurationError(f"[site] plan_file: {file}: {wrong}") from wrong
