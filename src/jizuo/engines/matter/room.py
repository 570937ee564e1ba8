"""The matter engine's plate."""
