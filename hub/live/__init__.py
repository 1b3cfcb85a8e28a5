"""The live stream: one snapshot, then numbered changes, encoded once for all viewers."""
