"""What is installed here: versions, plugins, what they need and what of it is missing."""
