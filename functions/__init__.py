"""The doors: one package a wing, one module a door.

A start makes a few hundred thousand objects that stay, and looking for garbage among them took a tenth of it. So it is
looked for a hundred times less often, then and later: docs/decisions/0007-start-up.md.
"""

import gc

gc.set_threshold(70_000, 10, 10)
