"""The register: people, vehicles, visits, consents and imports."""
