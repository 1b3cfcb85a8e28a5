"""Every family that comes with the product keeps every promise."""

import importlib

import pytest

from drivers.runtime.families import known_families
from tests.drivers.conformance import Bench, Conformance


def bench_of(family: str) -> Bench:
    """Find the bench of `family`; without one the family is not tested, and that is an error."""
    bench: Bench = importlib.import_module(f"tests.drivers.benches.{family.replace('-', '_')}").BENCH
    return bench


@pytest.fixture(params=known_families(), autouse=True)
def each_family(request: pytest.FixtureRequest) -> None:
    """Run every test once per family."""
    request.cls.bench = bench_of(request.param)


class TestEveryFamily(Conformance):
    """The promises of `tests.drivers.conformance`."""
