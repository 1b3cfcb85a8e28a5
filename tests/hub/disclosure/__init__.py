"""Tests of the police desk."""
