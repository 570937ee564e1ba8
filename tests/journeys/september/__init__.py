"""The September of one school, step by step, as its clerk and its head play it in a browser."""
