"""The driver to copy: a call counter with a thermometer and a buzzer, grown in docs/add-a-driver.md.

`line` knows the bytes and what they mean, `connection` the socket, `driver` what the device is.
"""
