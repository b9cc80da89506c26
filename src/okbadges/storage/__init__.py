"""Everything that is kept: tables and their migrations, the one writer, the journal of events, and the secret that seals."""
