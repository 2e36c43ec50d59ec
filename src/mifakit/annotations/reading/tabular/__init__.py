"""Tables whose columns have roles -> layers. For formats that are tables."""
