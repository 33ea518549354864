from tingjian.platform.rights import ALL, OWN, TEAM, Right

WORK_FOLLOW_UPS = Right("followups.work", {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
