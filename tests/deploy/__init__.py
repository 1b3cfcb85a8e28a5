"""Units, image and compose file: as those who read them want them."""
