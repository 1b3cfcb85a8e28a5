"""InfluxQL over `/query`: versions 1, 2 (by its mapping of buckets) and 3 Core all answer it. Blocking."""

from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
from msgspec import Struct, field

from hub.history.influx.answers import MEND, WORDS_KEPT, HistoryUnavailable
from hub.history.influx.settings import InfluxSettings


class Rows(Struct):
    """Rows of one series, as the server names them; `tags` where the statement groups by them."""

    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    values: list[list[Any]] = field(default_factory=list)

    def column(self, name: str) -> int | None:
        """Return where a column stands; None: the server has never seen such a field."""
        return self.columns.index(name) if name in self.columns else None


class _Result(Struct):
    series: list[Rows] = field(default_factory=list)
    error: str | None = None


class _Answer(Struct):
    results: list[_Result] = field(default_factory=list)
    error: str | None = None


_decode = msgspec.json.Decoder(_Answer).decode


class Asking:
    """Asks from any thread."""

    def __init__(self, settings: InfluxSettings) -> None:
        self._url = f"{settings.url.rstrip('/')}/query"
        self._database = settings.database
        headers = {"Authorization": f"Token {settings.token}"} if settings.token else {}
        self._client = httpx.Client(headers=headers, timeout=settings.timeout_s)

    def ask(self, statement: str) -> list[Rows]:
        """Return what a SELECT finds, times in ms; HistoryUnavailable if the server does not tell."""
        return [rows for result in self._results(statement) for rows in result.series]

    def ask_each(self, statements: Sequence[str]) -> list[list[Rows]]:
        """Ask several statements in one request; their answers stand in the same order."""
        return [result.series for result in self._results("; ".join(statements))]

    def _results(self, text: str) -> list[_Result]:
        try:
            response = self._client.post(
                self._url, params={"db": self._database, "epoch": "ms"}, data={"q": text}
            )
        except httpx.HTTPError as error:
            raise HistoryUnavailable(f"InfluxDB does not answer: {error or type(error).__name__}") from error
        if response.status_code != httpx.codes.OK:
            said = " ".join(response.text.split())[:WORDS_KEPT]
            mend = f" ({MEND[response.status_code]})" if response.status_code in MEND else ""
            raise HistoryUnavailable(f"InfluxDB answers {response.status_code}: {said}{mend}")
        try:
            answer = _decode(response.content)
        except msgspec.DecodeError as wrong:
            raise HistoryUnavailable(f"what answers at {self._url} is no InfluxDB: {wrong}") from wrong
        fault = answer.error or next((each.error for each in answer.results if each.error), None)
        if fault:
            raise HistoryUnavailable(f"InfluxDB refuses a question: {fault}")
        return answer.results

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
