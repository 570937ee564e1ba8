"""Pages of the student code: the family's, the desk of cards, the places, and the scanner."""
