"""Who did what and who looked at what: append-only, each entry chained to the one before by its hash."""
