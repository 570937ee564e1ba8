"""Schools, classes, people and their affiliations; rosters in and out."""
