"""Writes of the data hub: putting rows, the import walk, undo."""
