"""Tells other programs of events and alarms: signed HTTP requests, at least once, in order."""
