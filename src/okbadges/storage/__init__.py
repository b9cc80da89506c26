"""Everything that is kept: tables, the one writer, the journal of events, and a query module per room."""
