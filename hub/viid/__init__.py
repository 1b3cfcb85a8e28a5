"""Feeds the police's view library (视图库, GA/T 1400, VIID) with what the site may give; off by default."""
