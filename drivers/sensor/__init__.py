"""Smoke, water-leak, manhole-cover, climate, level and presence sensors (传感器) over Modbus."""
