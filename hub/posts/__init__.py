"""Who is on duty where: posts, shifts, hand-over, and whether somebody is there at night."""
