"""The doors: one package a wing, one module a door.

A start makes ninety thousand objects that stay, and looking for garbage among them took a tenth of it. So it is looked
for once in two hundred thousand new objects, not in seven hundred: docs/decisions/0007-start-up.md.
"""

import gc

gc.set_threshold(200_000)
