"""A fictional district, made from a seed: schools, classes, pupils, guardians, staff, teaching and their
workbooks.

Words it owns: *size* (``small`` or ``district``), *case* (a planted oddity a test or a demonstration can find
again by name), *fault* (a planted error in a workbook).

Nothing here can be a real person's datum. Division codes and the regions inside id numbers carry city number
99, which GB/T 2260 gives in no province; phones begin with 194, which no operator holds; passports with XZ0.

Example::

    from jizuo.plain.demo.district import make

    district = make(size="small", seed=2026)
    district.units[0].name      # 澜江区教育局
"""
