"""Special identities of pupils: off until a named duty with a legal basis and an end switches a kind on.

They stand in tables of their own which no list, search, export, standard or importer knows; only the doors of this
folder read them, for the roles that the duty names, while it lasts.
"""
