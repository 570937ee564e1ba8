"""The evaluation engine's plate."""
