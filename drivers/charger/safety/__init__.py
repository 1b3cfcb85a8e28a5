"""What forbids a charge, what ends it, and whether it has ended."""
