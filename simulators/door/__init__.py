"""A pretend door (门禁): leaf, strike and contact, the people who pass, and the card reader on OSDP."""
