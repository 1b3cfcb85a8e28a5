"""Definitions tried on what has been: which alarms they would have raised."""
