"""Bodies of the data hub's jobs."""
