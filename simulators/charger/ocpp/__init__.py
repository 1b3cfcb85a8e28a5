"""Posts that call by OCPP 1.6J or 2.0.1. Messages and their schemas are those of the library `ocpp`."""
