"""Face terminals (人脸门禁): doors that a face, a card or a code opens.

A terminal decides by itself, from the people that this driver gives it; faces stay on it. `rights` is what a
terminal is to hold of a person, `terminal` what the driver asks of any terminal; `facesluice` and `hikvision`
know the vendors' words; `people` keeps a terminal's people as the lists want them, `passes` reports who came.
"""
