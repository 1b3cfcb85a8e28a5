"""The words that drivers and the hub share; no I/O except in `contract.mqtt`."""
