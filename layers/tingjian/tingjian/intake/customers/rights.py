from tingjian.platform.rights import ALL, TEAM, Right

READ_CUSTOMERS = Right(
    "customers.read", {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL}
)
EDIT_CUSTOMERS = Right("customers.edit", {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
