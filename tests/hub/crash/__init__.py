"""A hub that is killed after any step it takes, and what its neighbours see of that."""
