"""The residents' public page (议事堂): totals of a month, by a link that can be revoked; none, at first."""
