"""What looks wrong about annotations: pure checks, one module a topic. Each yields one finding for all it is about."""
