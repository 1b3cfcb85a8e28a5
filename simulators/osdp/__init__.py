"""Pretend OSDP peripheral devices (SIA OSDP 2.2, IEC 60839-11-5): frames, secure channel, commands, lines."""
