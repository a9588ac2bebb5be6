"""Training: options, losses, the Lightning module, and the run that ties them together."""
