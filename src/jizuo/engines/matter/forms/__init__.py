"""Forms: the screens by which a matter begins or a step is filled, over the elements of a standard."""
