"""The ground's plate."""
