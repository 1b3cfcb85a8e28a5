"""Linked actions."""
