"""Pretend e-bike charging posts that speak DNY, the protocol of the AP3000."""
