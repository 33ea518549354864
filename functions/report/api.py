"""The HTTP door of report."""

from functions.report.assembled import ROUTES
from tingjian.people.staff.sign_ins import identify
from tingjian.platform import snapshots
from tingjian.platform.http.door import Door

handler = Door(ROUTES, identify)
snapshots.register(handler.import_all)
