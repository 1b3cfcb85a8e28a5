"""Tests of `drivers.mqtt`."""
