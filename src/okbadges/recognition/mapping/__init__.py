"""Mapping: from verified badges and a generation of the requirements to a picture per unit and area. Pure: nothing is read or kept."""
