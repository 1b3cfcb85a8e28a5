"""Tests of drivers.lpr."""
