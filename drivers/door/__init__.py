"""Doors (门禁) whose readers speak OSDP v2 with secure channel, over RS-485 or TCP.

`stream` has the sockets, `channel` the bytes that go over a line, and `frames` sees what is no frame; `line`
alone knows libosdp, and `sharing` lets the doors of a host share it. `wiegand`, `access`, `people` and
`decision` say whether a card or a code opens; `state` and `watch` what the door does. `admission` and `lock`
act on it, `door` puts them together.
"""
