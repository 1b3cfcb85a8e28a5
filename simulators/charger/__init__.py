"""Pretend charging points: vehicles, cables, contactors and meters; posts that call by OCPP, DNY, 云快充."""
