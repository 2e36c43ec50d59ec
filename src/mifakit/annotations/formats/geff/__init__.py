"""GEFF (Graph Exchange File Format)."""
