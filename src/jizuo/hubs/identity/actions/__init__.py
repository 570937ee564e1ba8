"""Writes of the identity hub: signing in, codes, accounts, sessions, second factors, bindings."""
