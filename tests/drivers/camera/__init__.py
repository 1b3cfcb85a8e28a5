"""Cameras and their driver."""
