"""One module a SQL function: its specification and what it makes of a column."""
