"""Piles by 云快充."""
