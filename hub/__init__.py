"""The command centre: contract messages to current state, ledger, history and API."""
