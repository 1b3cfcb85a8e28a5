"""Self-watch: the hub looks at itself as at a device, and a canary shows that alarms come through."""
