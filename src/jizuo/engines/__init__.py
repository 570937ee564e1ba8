"""The verbs of education: rooms that stand on the hubs and do not know each other."""
