"""The outside standards organisation speaks: one folder or file each, pure where the standard allows it."""
