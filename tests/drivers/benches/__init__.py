"""One module per family: how the conformance suite sets up a pretend device of it and plays with it."""
