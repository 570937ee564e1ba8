"""Packs: what a school adds without a programmer, a folder of declarations, checked, versioned and used by units.

Words: a *pack* is the folder as it is written; a *scene* is what people know it as; a *part* is one sub-folder, read by
one room; a *version* is a pack as the base keeps it; a unit *uses* a version, by itself or through the bureau above it; a
*post* is a duty that a scene needs and a unit gives to people (门卫, 校医).

    packs.offer(Part(folder="flows", shape=Flow, check=check_flows))      # on a room's plate
    versions.in_use("leave", unit_no).pack.parts["flows"]["leave"]
"""
