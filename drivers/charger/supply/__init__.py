"""Connectors on one supply: together they never take more than it has."""
