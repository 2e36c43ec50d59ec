"""A dataset made ready to be sent: one module a destination."""
