"""PageTab: submissions to BioStudies and the BioImage Archive, as JSON."""
