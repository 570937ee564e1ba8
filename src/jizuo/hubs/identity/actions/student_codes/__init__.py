"""Doors of the student code: cards and keys, codes on phones, places and scanners, scans and their forgetting."""
