"""What happens when the hub is killed in the middle of a charge."""
