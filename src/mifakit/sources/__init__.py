"""The only room that touches untrusted bytes: budgets, YAML, portable names."""
