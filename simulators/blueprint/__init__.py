"""A pretend call counter: the smallest whole family, to copy when another is added."""
