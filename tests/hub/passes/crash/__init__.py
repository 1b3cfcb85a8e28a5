"""What happens when the hub is killed while it records passes."""
