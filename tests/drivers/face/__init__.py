"""Tests of drivers.face."""
