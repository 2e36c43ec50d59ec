"""Profiles: how bad a finding is to somebody in particular. Rules find, profiles weigh; neither knows the other."""
