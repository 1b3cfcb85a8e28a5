"""Modbus on the driver's side, whatever the family."""
