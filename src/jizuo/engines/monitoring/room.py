"""The monitoring engine's plate."""
