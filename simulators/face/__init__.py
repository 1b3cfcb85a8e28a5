"""A pretend face terminal (人脸门禁终端): its door, its people, whose faces it learned, what it records."""
