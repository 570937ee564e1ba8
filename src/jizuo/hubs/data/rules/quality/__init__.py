"""Rules of data quality: what may be said, checked as it is written and compiled to SQL. Pure."""
