"""Workbooks as schools send them: read, find the tables, map the columns, mark what is wrong, write lists.

    from jizuo.plain.workbook import read, shape

    book = read.read(upload, "三年级花名册.xls")
    for sheet in book.visible:
        for table in shape.find_tables(sheet):
            print(table.class_hint, [column.heading for column in table.columns], len(table.rows))

Words: a *workbook* has *sheets* of *cells*; a *table* is one heading with its rows inside a sheet; a
*mapping* says which column feeds which field. Every refusal is one `errors.WorkbookError`, said for a clerk.
"""
