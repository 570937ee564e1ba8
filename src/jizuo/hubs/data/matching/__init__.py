"""Records of people that have no common key, compared field by field and weighed by splink on DuckDB.

`offers` says which rooms have people to compare, `records` brings what they offer into one form, `engine` weighs pairs
with the shipped `model.yaml`. A pair is a question for a person; nothing here changes a record.
"""
