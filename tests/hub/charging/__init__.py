"""Codes, charging orders, tariffs, money."""
