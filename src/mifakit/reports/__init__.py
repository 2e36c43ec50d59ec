"""Pictures and pages made from datasets and findings."""
