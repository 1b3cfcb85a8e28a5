"""One module per command; each does no more than read its options and call what does the work."""
