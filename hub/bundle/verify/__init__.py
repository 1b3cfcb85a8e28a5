"""Whether a bundle is what it was when it was signed: without a hub, a configuration or a network."""
