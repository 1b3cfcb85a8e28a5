"""Pretend cameras: drawn scenes over RTSP, an ONVIF device, and a vendor's event channel over HTTP."""
