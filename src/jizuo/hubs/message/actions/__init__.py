"""Writes of the message hub."""
