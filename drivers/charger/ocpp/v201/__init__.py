"""What is particular to OCPP 2.0.1. Each connector is an EVSE of its own, by the same number."""
