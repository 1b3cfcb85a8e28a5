"""The write API of InfluxDB, by its own client. Blocking; one thread at a time."""

from typing import Any

from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from urllib3.exceptions import HTTPError

from hub.history.influx.answers import TAKEN, Away, of_status
from hub.history.influx.settings import InfluxSettings


class Writing:
    """Posts batches that are lines already: a Point costs nine times as much as a formatted line."""

    def __init__(self, settings: InfluxSettings) -> None:
        self._bucket, self._org = settings.bucket, settings.org
        self._client: Any = InfluxDBClient(  # the library is typed only in part
            settings.url, settings.token or "", timeout=round(settings.timeout_s * 1000), org=settings.org
        )
        self._api: Any = self._client.write_api(write_options=SYNCHRONOUS)

    def post(self, lines: bytes) -> None:
        """Write lines; Away or Denied: none is taken; BadLines: some never can be."""
        try:
            self._api.write(self._bucket, self._org, lines, WritePrecision.MS)
        except InfluxDBError as error:
            answer = error.response
            if answer is None:
                raise Away(f"does not answer: {error.message}") from error
            data = answer.data or error.message
            words = data.decode(errors="replace") if isinstance(data, bytes) else str(data)
            raise of_status(answer.status, words, error.retry_after) from error
        except (HTTPError, OSError) as error:
            raise Away(f"does not answer: {error}") from error
        status = self._client.api_client.last_response.status
        if status != TAKEN:  # some other web server that says yes to everything
            raise of_status(300, f"{status} instead of {TAKEN}")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
