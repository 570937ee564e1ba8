"""The shared nouns, in one order: application > message > identity > organisation > data."""
