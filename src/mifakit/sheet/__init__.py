"""The study sheet as a file: reading with positions, the commented template, edits that keep comments."""
