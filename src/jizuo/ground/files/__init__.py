"""Files: bytes by their SHA-256 in a sealed store, one row per use.

Words: a *content* is bytes under their SHA-256 (`StoredBytes`, shared by the base); a *use* is one file of
one unit (`StoredFile`: name, kind, grade, owner). A content nobody uses goes after a grace period.

    with upload.open() as stream:
        ref = keep(stream=stream, name="名单.xlsx", kind="roster", grade=3)
    opened = get_file(file_id=ref.id)
    response = pages.serve(request, opened)
"""
