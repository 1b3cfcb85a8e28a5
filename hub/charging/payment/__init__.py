"""Who takes the money: the border to them, those that ship with it, and prepaid accounts."""
