"""Folding under one cause."""
