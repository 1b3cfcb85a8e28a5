"""Scan to charge (扫码即用): codes on posts, one-time orders, tariffs and money; knows no post's protocol."""
