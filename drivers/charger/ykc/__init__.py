"""Piles that speak 云快充 V1.5 to V1.7."""
