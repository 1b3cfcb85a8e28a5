"""Hikvision's face terminals (明眸), over ISAPI with Digest.

Sources: public excerpts of "ISAPI Developer Guide" for access control terminals, and adapters built on it.
"""
