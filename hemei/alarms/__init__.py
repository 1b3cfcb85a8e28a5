"""Alarm definitions as data: what ships, what a site adds and changes, what is in force."""
