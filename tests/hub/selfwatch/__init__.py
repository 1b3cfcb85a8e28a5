"""Tests of hub.selfwatch."""
