"""The hub, part by part."""
