"""Safe copies: made under load, verified, restored."""
