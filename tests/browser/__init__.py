"""The pages in Debian's Chromium, against the real product."""
