"""The HTTP door of intake: which module declares which routes."""

from functions.intake.door import door
from tingjian.platform import snapshots

door.modules |= {
    "/v1/tickets": "functions.intake.tickets",
    "/v1/handoffs": "functions.intake.tickets",
    "/v1/attachments": "functions.intake.tickets",
    "/v1/customers": "functions.intake.customers",
    "/v1/imports": "functions.intake.imports",
    "/v1/ticket-types": "functions.intake.catalogue",
    "/v1/staff": "functions.intake.catalogue",
    "/v1/teams": "functions.intake.catalogue",
    "/v1/me": "functions.intake.catalogue",
    "/v1/public": "functions.intake.public",
    "/v1/health": "functions.intake.public",
    "/v1/docs": "functions.intake.public",
}
snapshots.register(door.load_all)
handler = door
