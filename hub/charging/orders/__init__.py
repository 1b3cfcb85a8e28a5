"""Charging orders: how far each has come, and what is done about it."""
