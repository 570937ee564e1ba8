"""Monitoring: what must be noticed, a rule over a dataset, whom it is told and what was done.

Words: an *alert* is the rule of a scene; a *case* is one thing it noticed, open until its reason ends or a person closes it.

    case_list(scene="roll", state="open")
"""
