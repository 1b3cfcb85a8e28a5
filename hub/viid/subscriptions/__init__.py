"""Subscriptions (`/VIID/Subscribes`): the library asks to be notified, within what may leave here."""
