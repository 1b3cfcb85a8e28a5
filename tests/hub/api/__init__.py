"""Tests of hub.api."""
