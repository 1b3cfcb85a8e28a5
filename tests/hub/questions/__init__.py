"""Tests of the questions that people ask of history."""
