"""The monthly report of the community: what one civil month shows, against the month before.

`parts/` reads the ledger and history, `view` is what the API answers, `page` and `pdf` write the same to be
printed. What is not known is said beside each part, and is never a nought.
"""
