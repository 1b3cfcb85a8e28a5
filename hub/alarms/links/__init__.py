"""Linked actions (联动): what devices are told as soon as an alarm is raised, and what became of it."""
