"""Modbus over TCP and RS-485, for every family whose boards speak it."""
