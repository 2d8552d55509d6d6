"""Where the functions run: one module a query engine."""
