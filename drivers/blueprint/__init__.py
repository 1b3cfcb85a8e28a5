"""The driver to copy: a call counter with a thermometer and a buzzer.

docs/add-a-driver.md grows a smaller one, step by step.

`line` knows the bytes and what they mean, `connection` the socket, `driver` what the device is.
"""
