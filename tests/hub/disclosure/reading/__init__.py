"""What leaves of a disclosure."""
