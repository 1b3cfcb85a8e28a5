"""Pretend telephones of people outside, to whom the hub writes: what arrives is shown on a page."""
