"""The sensor driver."""
