"""OneRoster CSV 1.1 and 1.2, bulk and delta: a zip in, checked tables out, and back again. No Django, no
database.

Words: a *table* is one of the 21 data files by its name without ".csv"; a *mode* is absent, bulk or delta; a
*place* is where a problem stands (line of the CSV, sourcedId, value); *faulty* rows are those with an error.

report = check("roster.zip", known_ids=ids_already_held)
if not report.is_blocked:
    load(report.tables, without=report.faulty)
write("out.zip", tables, source_name="东江区教育基座")

The file layouts are in `tables`, the sentences people read in `causes`, our extension columns and the reasons
for them in `profile` (docs/reference/oneroster-china-profile.md).
"""
