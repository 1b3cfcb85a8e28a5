"""What the hub tells Prometheus: a catalogue of metrics, where each is asked, and how it is written."""
