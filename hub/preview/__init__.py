"""Pictures of what a camera sees now, for a few who look; kept nowhere."""
