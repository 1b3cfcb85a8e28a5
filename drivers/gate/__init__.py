"""Barrier gates (车道闸) with a relay and input board on Modbus TCP or RTU.

`profile` and `board` know the registers, `state`, `interlocks` and `watch` what they mean, `station` the
board on its line (drivers/modbus), `boom` what it is told. `vehicles` and `scene` join it with a plate camera
(drivers/plates); `driver` puts all together.
"""
