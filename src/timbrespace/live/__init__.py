"""Models played live: from a device through a model to a device, with controls that move while it sounds."""
