"""Measures the whole path: load in at the broker, out at the stores and at a viewer's WebSocket."""
