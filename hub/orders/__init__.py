"""Work orders with deadlines (限时处置)."""
