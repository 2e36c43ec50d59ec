"""RO-Crates: of the BioImage Archive's profile, and plain ones with the words of schema.org."""
