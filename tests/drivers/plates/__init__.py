"""Tests of `drivers.plates`."""
