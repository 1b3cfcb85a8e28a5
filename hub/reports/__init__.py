"""Reports: how many alarms people get and what becomes of them, and what tenders ask of a site."""
