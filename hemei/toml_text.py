"""Write values as TOML 1.0; Python's own library only reads it."""

import json
from collections.abc import Mapping


def toml_value(value: object) -> str:
    """Write a text, number, truth value, list or (inline) table."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {toml_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise TypeError(f"{type(value).__name__} cannot be written as TOML")


def toml_table(header: str, fields: Mapping[str, object]) -> str:
    """Write a table below `header`, such as `[hub]` or `[[device]]`; what is None is left out."""
    lines = [f"{_key(key)} = {toml_value(value)}" for key, value in fields.items() if value is not None]
    return "\n".join([header, *lines, ""])


def _key(key: object) -> str:
    text = str(key)
    bare = text and all(each.isascii() and (each.isalnum() or each in "-_") for each in text)
    return text if bare else json.dumps(text, ensure_ascii=False)
