"""Reads of the organisation hub."""
