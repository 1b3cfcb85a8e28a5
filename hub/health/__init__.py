"""Health: every part of the hub with its state, its figures, and what to do about it."""
