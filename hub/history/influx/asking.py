"""InfluxQL over `/query`: versions 1, 2 (by its mapping of buckets) and 3 Core all answer it. Blocking."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
from msgspec import Struct, field

from hub.history.influx.answers import BAD_LINES, MEND, WORDS_KEPT, HistoryUnavailable, QuestionRefused
from hub.history.influx.settings import InfluxSettings


class Rows(Struct):
    """Rows of one series, as the server names them; `tags` where the statement groups by them."""

    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    values: list[list[Any]] = field(default_factory=list)


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
        secure = settings.url.startswith("https:")  # else no authority is asked; to load them all takes long
        self._client = httpx.Client(headers=headers, timeout=settings.timeout_s, verify=secure)

    def ask(self, statement: str) -> list[Rows]:
        """Return what a SELECT finds, times in ms; HistoryUnavailable if the server does not tell."""
        return [rows for result in self._results(statement) for rows in result.series]

    def ask_each(self, statements: Sequence[str]) -> list[list[Rows]]:
        """Ask several statements in one request; their answers stand in the same order."""
        return [result.series for result in self._results("; ".join(statements))]

    def stream(self, statement: str) -> Iterator[Rows]:
        """Yield what a SELECT finds as the server sends it, some rows of one series at a time."""
        with self._asked(statement, chunked="true") as response:
            for line in response.iter_lines():
                for result in self._decoded(line.encode()):
                    yield from result.series

    def _results(self, text: str) -> list[_Result]:
        with self._asked(text) as response:
            return self._decoded(response.read())

    @contextmanager
    def _asked(self, text: str, **options: str) -> Iterator[httpx.Response]:
        parameters = {"db": self._database, "epoch": "ms"} | options
        try:
            with self._client.stream("POST", self._url, params=parameters, data={"q": text}) as response:
                if response.status_code != httpx.codes.OK:
                    response.read()
                    said = " ".join(response.text.split())[:WORDS_KEPT]
                    mend = f" ({MEND[response.status_code]})" if response.status_code in MEND else ""
                    wrong = QuestionRefused if response.status_code in BAD_LINES else HistoryUnavailable
                    raise wrong(f"InfluxDB answers {response.status_code}: {said}{mend}")
                yield response
        except httpx.HTTPError as error:
            raise HistoryUnavailable(f"InfluxDB does not answer: {error or type(error).__name__}") from error

    def _decoded(self, content: bytes) -> list[_Result]:
        try:
            answer = _decode(content)
        except msgspec.DecodeError as wrong:
            raise HistoryUnavailable(f"what answers at {self._url} is no InfluxDB: {wrong}") from wrong
        fault = answer.error or next((each.error for each in answer.results if each.error), None)
        if fault:
            raise QuestionRefused(f"InfluxDB refuses a question: {fault}")
        return answer.results

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
