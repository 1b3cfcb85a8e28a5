"""The words that drivers and the hub share: things, topics, messages, errors. No I/O except `contract.mqtt`."""
