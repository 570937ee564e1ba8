"""One file for each kind of outside system. A connector only reads, streams what it reads, and says in plain words what
is wrong.

    with kinds.get("postgres").open(ask) as feed:
        for rows in feed:
            ...
"""
