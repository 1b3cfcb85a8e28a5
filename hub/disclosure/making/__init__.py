"""Making bundles: a worker of the hub has a process of its own make each, gently, and follows it."""
