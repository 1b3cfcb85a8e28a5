"""Actions: from a person's request to the outcome that the device itself shows."""
