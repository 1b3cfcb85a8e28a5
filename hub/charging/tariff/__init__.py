"""What energy costs at which time of day, and what a charge comes to. Pure."""
