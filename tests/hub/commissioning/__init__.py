"""Commissioning: what proves the way of a device, and what a test of it changes."""
