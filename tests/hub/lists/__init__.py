"""The lists in the ledger, and their way to driver hosts."""
