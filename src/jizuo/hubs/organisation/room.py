"""The plate of the organisation hub."""
