"""Webhooks, with a real receiver and another author's check of signatures."""
