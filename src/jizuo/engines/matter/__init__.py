"""Matters: something that somebody asks for and others move to its end, with forms, steps, clocks and one to-do list.

Words: a *matter* (事项) is one case; its *flow* says which *steps* it takes and who takes them; a *task* is what waits for
one *holder*, which is a post rather than a person (``homeroom_teacher@12/<class>``); an *event* is a line of its timeline;
a *form* is the screen over a standard that begins it. A running matter stays on the version of its scene.

    matter_id = start_matter(scene="leave", form="leave", data={...}, submit_key=key)
    take_step(task_ids=[...], verb="approve")
"""
