"""Pretend sprinkler zones: soil, valves and pipes, a valve board and probes on Modbus."""
