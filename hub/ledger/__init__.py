"""What must never be lost: events exactly once, actions with their outcome, people and tokens."""
