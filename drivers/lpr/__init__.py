"""Barrier gates whose plate camera is the controller: its relay opens, its inputs tell of boom and loop.

`contacts` knows what is wired to the camera, `shown` what that means; the camera's words, and who may pass,
are in drivers/plates; `driver` puts them together.
"""
