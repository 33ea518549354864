from tingjian.platform.rights import ALL, TEAM, Right

READ_SURVEYS = Right("surveys.read", {"lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL})
