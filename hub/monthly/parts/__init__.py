"""The parts of the report: each reads and measures one thing. Blocking, in the caller's transaction."""
