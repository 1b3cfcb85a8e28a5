"""Tests of the pretend hardware, most of them without waiting: they step its physics."""
