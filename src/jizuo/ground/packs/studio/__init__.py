"""The studio: where a teacher draws a scene in the browser, tries it and has it published.

Words: a *draft* is a version that is not published, one of a scene at a time; an *editor* turns one file of it into lists
of questions and back, and keeps whatever it does not ask about; a *trial* is sample rows beside a draft; a *review* is
another person's look at it. The studio writes the same files that people write by hand, so a scene can go out as text, be
changed there and come back.
"""
