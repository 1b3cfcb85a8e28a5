"""Tells people who are not looking at a screen: retried, counted, never twice for the same news."""
