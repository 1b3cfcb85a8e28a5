"""From the broker into shadows, ledger and history."""
