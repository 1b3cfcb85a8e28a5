"""Tests of the history: one suite over every engine, and what an engine has of its own."""
