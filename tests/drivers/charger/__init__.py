"""Posts of every protocol against our drivers."""
