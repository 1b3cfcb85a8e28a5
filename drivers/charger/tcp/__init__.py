"""Lines on which posts call in and stay, for DNY and 云快充: bounded, one listener for many."""
