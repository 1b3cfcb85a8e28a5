"""Barrier gates (车道闸) with a relay and input board on Modbus TCP or RTU.

`wire`, `profile` and `board` know the registers, `state`, `interlocks` and `watch` what they mean, `bus` the
sockets; `driver` puts them together.
"""
