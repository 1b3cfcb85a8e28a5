"""The register (台账): households, people, vehicles, visits, levels, consents. Names are here alone."""
