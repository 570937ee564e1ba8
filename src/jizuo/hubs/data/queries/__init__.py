"""Reads of the data hub."""
