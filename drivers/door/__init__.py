"""Doors (门禁) whose readers speak OSDP v2 with secure channel, over RS-485 or TCP.

`frames` sees what is no frame, `line` alone knows libosdp, `stream` the sockets; `wiegand`, `access`,
`schedule` and `decision` say whether a card opens; `state` and `watch` what the door does; `driver` puts them
together.
"""
