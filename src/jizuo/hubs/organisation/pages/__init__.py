"""Pages of the organisation hub."""
