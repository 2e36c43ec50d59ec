"""What the sheet says in sentences, held against what the files are; one module a topic.

Sentences are read forgivingly, and what is not understood is let be: a rule speaks only when nothing of what is said
fits. All of it are warnings.
"""
