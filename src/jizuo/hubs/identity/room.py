"""The plate of the identity hub."""
