"""What takes as long as it says: `make test-lengthy`, beside `make test`."""
