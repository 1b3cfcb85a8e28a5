"""What is particular to OCPP 1.6J."""
