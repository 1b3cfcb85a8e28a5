"""Alarms: what raises them, what people do about them, and what can be shown of it afterwards."""
