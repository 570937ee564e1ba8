"""Reads of the message hub."""
