"""Tests of work orders."""
