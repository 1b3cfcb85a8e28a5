"""How a post answers what it is asked: a table of handlers, put where the library looks for them."""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.charger.ocpp.commands import YES, Commands
from simulators.charger.ocpp.post import OcppPost

Handler = Callable[..., Any]
"""Gets a request's keys in snake_case, and returns the answer."""


class Answers:
    """The handlers of one session, those that both versions have alike; `results` are a library's answers."""

    def __init__(self, post: OcppPost, results: Any) -> None:
        self._post = post
        self._commands = Commands(post)
        self._results = results

    def handlers(self) -> Mapping[str, Handler]:
        """Return them by action."""
        return {
            "ClearCache": lambda: self._results.ClearCache(status=YES),
            "DataTransfer": lambda **_asked: self._results.DataTransfer(status="UnknownVendorId"),
        }


def routes(post: OcppPost, handlers: Mapping[str, Handler]) -> dict[str, dict[str, Any]]:
    """Return the library's routes: each handler answers in the post's own time, deeds follow the answer."""
    return {
        action: {
            "_on_action": _in_time(post, handler),
            "_after_action": lambda **_asked: post.do_afterwards(),
            "_skip_schema_validation": False,
        }
        for action, handler in handlers.items()
    }


def _in_time(post: OcppPost, handler: Handler) -> Handler:
    async def answer(custom_data: object = None, **asked: Any) -> Any:
        del custom_data  # which every message of 2.0.1 may bring, and nobody here understands
        await post.answer_time()
        return handler(**asked)

    return answer
