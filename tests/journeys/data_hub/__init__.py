"""The workbooks of the journey through the data hub."""
