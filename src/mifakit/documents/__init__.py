"""Documents that people already have about a study -> the study sheet, and what could not be taken over."""
