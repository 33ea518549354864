from tingjian.platform.rights import ALL, Right

READ_CUSTOMERS = Right(
    "customers.read", {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL}
)
EDIT_CUSTOMERS = Right("customers.edit", {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "admin": ALL})
