"""A pretend view library of the police (视图库, GA/T 1400): registers, takes objects, and fails as asked.

Composed from public descriptions of the protocol: no library of any maker was at hand.
"""
