"""The ground under every hub and engine: units and grants, scope, rows behind the wall, doors,
audit, facts, jobs, files, gateways, pages and the builder. It knows nothing about schools.

Words it owns: unit, grant, scope, reach, wall, door, audit entry, fact, job, file, plan.
"""
