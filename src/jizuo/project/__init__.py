"""The top floor: settings, addresses, the list of rooms switched on, the command line."""
