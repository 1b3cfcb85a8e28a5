"""Commissioning: which devices were found, and when the way of each to the screens was last proven."""
