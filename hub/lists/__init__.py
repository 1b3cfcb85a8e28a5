"""The lists that gates and doors obey: numbered in the ledger, pushed to the driver hosts that use them."""
