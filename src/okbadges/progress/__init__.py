"""On the way to a badge: steps that somebody saw, evidence that is kept apart, and a second person's word."""
