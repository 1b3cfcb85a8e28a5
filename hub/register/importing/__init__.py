"""Lists of people, vehicles and blocked plates from spreadsheets: shown first, then taken over."""
