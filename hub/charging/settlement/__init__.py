"""Bills from what the ledger says that connectors have reported, each event once."""
