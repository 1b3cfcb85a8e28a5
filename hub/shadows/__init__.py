"""Shadows: the current state of every device, and how far it can be trusted."""
