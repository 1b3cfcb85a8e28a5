"""The police desk: data that leaves to an authority on request (披露), and the register of what left."""
