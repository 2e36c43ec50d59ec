"""Turn a lab's microscopy images and annotations into AI-ready datasets that follow MIFA."""
