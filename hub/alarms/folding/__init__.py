"""Folding: alarms of devices that fell silent for one reason stand under the alarm of that reason."""
