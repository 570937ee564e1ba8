"""The kinds of roster file that come in over the data hub's walk, one file a kind."""
