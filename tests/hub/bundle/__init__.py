"""Tests of the bundle that leaves to an authority."""
