"""What happens when the hub is killed between any two steps."""
