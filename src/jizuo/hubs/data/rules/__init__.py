"""Pure decisions of the data hub."""
