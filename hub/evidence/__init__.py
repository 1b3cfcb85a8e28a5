"""What an alarm gathers so that it can be shown later what happened: pictures, clips, a slice of data."""
