"""The command line: one small file a command group, nothing heavy imported before a command runs."""
