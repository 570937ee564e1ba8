"""Messages: who is told what, once, by which way, and who answered.

Words: a *notice* (通知) is what a school writes to families, pupils or staff; a *receipt* (回执) is one child's answer
to it; a *message* is what is said once, an *inbox item* one person's copy of it; a *delivery* is one copy on its way
over an outside channel. Another room tells people something inside its own action:

    spread.tell(key=f"leave:{leave_id}", template="leave_decided", values={"day": "09-16"},
                to=Audience("guardians_of", (child_id,)))
"""
