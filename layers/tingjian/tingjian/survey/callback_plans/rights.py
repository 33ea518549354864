from tingjian.platform.rights import ALL, OWN, TEAM, Right

EDIT_PLANS = Right("callback-plans.edit", {"lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
READ_PLANS = Right(
    "callback-plans.read",
    {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
)
"""Agents see the plans that they have a share in, and of these their own share."""
