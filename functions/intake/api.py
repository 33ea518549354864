"""The HTTP door of intake."""

from functions.intake import catalogue, customers, imports, public, tickets
from functions.intake.door import door

ROUTES = (tickets, customers, catalogue, imports, public)
handler = door
