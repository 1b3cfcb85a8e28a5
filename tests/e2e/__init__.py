"""The whole product: real processes, a real broker, a real browser."""
