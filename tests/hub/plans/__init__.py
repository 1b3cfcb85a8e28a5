"""Plans: their pictures."""
