"""E-bike posts by DNY."""
