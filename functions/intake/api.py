"""The HTTP door of intake."""

from functions.intake import catalogue, customers, public, tickets
from functions.intake.door import door

ROUTES = (tickets, customers, catalogue, public)
handler = door
