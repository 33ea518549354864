"""The HTTP door of survey."""

from functions.survey.assembled import ROUTES
from tingjian.people.staff.sign_ins import identify
from tingjian.platform import snapshots
from tingjian.platform.http.door import Door

handler = Door(ROUTES, identify)
snapshots.register(handler.import_all)
