"""Sprinkler zones (喷淋分区): a valve on a shared Modbus board, soil, rain and air probes on the same bus."""
