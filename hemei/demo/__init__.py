"""A whole sample community on one machine: broker, hub, drivers and simulators under one supervisor."""
