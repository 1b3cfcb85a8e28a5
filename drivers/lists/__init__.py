"""What gates and doors make of the lists that people keep: who it is, and whether they may pass now."""
