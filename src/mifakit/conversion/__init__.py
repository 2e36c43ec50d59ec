"""Inventory + study sheet -> plan -> jobs -> dataset. Planning decides, running does."""
