"""Devices that talk through an MQTT broker of theirs, which need not be the site's.

`endpoint` says which broker and who we are to it; `link` is a device's own connection to it.
"""
