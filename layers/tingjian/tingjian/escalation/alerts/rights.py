from tingjian.platform.rights import ALL, OWN, TEAM, Right

READ_ALERTS = Right("alerts.read", {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
