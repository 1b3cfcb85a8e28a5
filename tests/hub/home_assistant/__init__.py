"""What a Home Assistant sees, with a real one."""
