"""Any table whose columns the study sheet explains."""
