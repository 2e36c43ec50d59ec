"""Rules over the study sheet and the finished dataset; one module a topic. A check only looks."""
