"""Health: the state of every part, and how the disk's end is foretold."""
