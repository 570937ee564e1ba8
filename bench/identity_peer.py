def beside(*a): return "not yet"
