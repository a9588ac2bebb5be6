"""A trained model as one TorchScript file for real-time hosts, checked before it is written."""
