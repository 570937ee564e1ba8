"""Any sheet into any unit's dataset that names its key: columns proposed and remembered, values cleaned by declared
steps with their originals kept, rows told apart by the key.

    importers.get("table").check(CheckInput(..., options={"dataset": "course"}))
"""
