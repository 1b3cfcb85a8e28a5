"""Tests of hub/evidence."""
