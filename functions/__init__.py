"""The doors: one package a wing, one module a door."""
