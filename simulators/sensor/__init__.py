"""Pretend sensors: smoke, water, manhole covers, climate, levels, presence."""
