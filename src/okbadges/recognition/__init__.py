"""Recognition: what a set of badges means in a student's own requirements, and what a school decides about it."""
