"""Pretend car charging piles that speak 云快充."""
