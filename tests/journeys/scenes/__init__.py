"""Journeys through the scenes that ship: a browser, the web server, a worker."""
