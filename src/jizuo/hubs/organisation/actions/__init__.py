"""Writes of the organisation hub."""
