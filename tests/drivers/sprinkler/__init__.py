"""Sprinkler zones and their driver."""
