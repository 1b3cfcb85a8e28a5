"""A pretend barrier gate (道闸): boom and loops, the cars that pass, and the control board on Modbus."""
