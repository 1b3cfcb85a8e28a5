"""Tests of the words that drivers and the hub share."""
