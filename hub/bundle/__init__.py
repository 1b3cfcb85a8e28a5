"""The bundle that leaves to an authority: one signed ZIP, and how anybody finds whether it was changed."""
