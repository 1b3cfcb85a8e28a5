"""Tests of hand-overs to police grid officers."""
