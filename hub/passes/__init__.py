"""One record per pass, made from the ledger's events: who passed where, and what is inside."""
