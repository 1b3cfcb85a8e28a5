"""The `hemei` command: puts broker, hub, drivers and simulators of a site together."""
