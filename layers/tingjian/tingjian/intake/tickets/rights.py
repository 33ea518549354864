from tingjian.platform.rights import ALL, TEAM, Right

READ_TICKETS = Right(
    "tickets.read", {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL}
)
OPEN_TICKETS = Right("tickets.open", {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "admin": ALL})
WORK_TICKETS = Right("tickets.work", {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
ASSIGN_TICKETS = Right("tickets.assign", {"lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
