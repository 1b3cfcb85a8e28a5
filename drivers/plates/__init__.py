"""Plate cameras (车牌识别相机): what gates share that have one, whichever words it speaks.

`sighting` is what every wire makes of a camera's words; `camera` what a gate asks of one. `zhenshi` and
`isapi` know the vendors' bytes. `judge` says whether a plate may pass, `lane` what has passed; `gatehouse`
stands between the camera and the gate's driver.
"""
