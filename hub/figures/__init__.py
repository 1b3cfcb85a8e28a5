"""Figures of the day for the wall: passes by hour, energy, water; counted once for all who look."""
