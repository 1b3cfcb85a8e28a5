"""The police desk."""
