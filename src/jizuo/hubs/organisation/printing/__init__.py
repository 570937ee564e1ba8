"""Print and seal: lists, cards and signs of a class, certificates with a check code, forms, and who printed and sealed
what.

Words: *paper* (a kind of printed thing), *block* (a piece of its text that a school may write), *copy* (one printing in
the register of copies), *certificate* (在读证明, checked by its code at ``/check/``), *seal use* (用印登记).

Example: ``paper.render("notice", {"school": "启明小学", "text": "..."})`` gives the PDF of a notice.
"""
