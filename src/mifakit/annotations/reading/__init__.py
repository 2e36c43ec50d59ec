"""What readers of annotation formats share: parsed text and numbers -> the model, and what was left out."""
