"""Editors: one file of a draft as questions, and the answers as the file again. What an editor does not ask about stays."""
