"""Charging points: cars by OCPP and 云快充, e-bikes by DNY/AP3000. A thing is one connector."""
