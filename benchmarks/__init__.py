"""What was measured, and how."""
