"""Cameras over RTSP: one reader each, the health of the picture, snapshots, clips and a preview."""
