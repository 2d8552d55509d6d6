"""Models of tables of numbers."""
