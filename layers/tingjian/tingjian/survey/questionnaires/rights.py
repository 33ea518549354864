from tingjian.platform.rights import ALL, OWN, TEAM, Right

READ_SURVEYS = Right(
    "surveys.read",
    {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
)
