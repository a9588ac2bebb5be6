"""Patches for graphical hosts, described once and written for each: Pure Data, Max."""
