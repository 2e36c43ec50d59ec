"""Image files -> `ImageSource`: lazy pixels, axes, spacing, channels. One module a format family."""
