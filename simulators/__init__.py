"""Pretend hardware that speaks the devices' own wire protocols: one folder a device family."""
