"""Charges: what is known of each, kept over restarts, and what is reported of it once."""
