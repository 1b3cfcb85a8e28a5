"""OCPP 1.6J and 2.0.1: posts connect here by WebSocket, and this is their central system (CSMS)."""
