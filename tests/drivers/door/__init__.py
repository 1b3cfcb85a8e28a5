"""Tests of the door driver."""
