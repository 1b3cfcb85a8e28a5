"""Tests of hub.live."""
