"""Accounts, sign-in, sessions, acting roles and the bindings of families."""
