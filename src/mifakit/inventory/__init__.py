"""Lab folder -> inventory: what is there, and which annotation goes with which image and why."""
