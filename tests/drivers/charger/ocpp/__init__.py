"""OCPP on the side of the central system."""
