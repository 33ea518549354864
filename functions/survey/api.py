"""The HTTP door of survey."""

from functions.survey import public, staff
from functions.survey.door import door

ROUTES = (staff, public)
handler = door
