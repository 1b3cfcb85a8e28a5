"""Tests of the drivers, over real sockets and a real broker."""
