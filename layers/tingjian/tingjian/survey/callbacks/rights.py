from tingjian.platform.rights import ALL, OWN, TEAM, Right

WORK_CALLBACKS = Right("callbacks.work", {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
SHARE_CALLBACKS = Right("callbacks.share", {"lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
