"""Runs the drivers of one machine: supervision, MQTT, actions at most once, and the outbox."""
