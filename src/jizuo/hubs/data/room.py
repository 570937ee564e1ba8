"""The plate of the data hub."""
