"""Hikvision's ISAPI, as far as devices of several families speak it: asking them, and what they push."""
