"""The place for analytics: frames go out to a program of its own, detections come back."""
