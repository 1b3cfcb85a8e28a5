"""Tests of the record of passes: what it keeps, counts, finds and forgets."""
