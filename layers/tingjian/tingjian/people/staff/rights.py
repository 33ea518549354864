from tingjian.platform.rights import ALL, Right, everybody

READ_STAFF = Right("staff.read", everybody(ALL))
EDIT_STAFF = Right("staff.edit", {"manager": ALL, "director": ALL, "admin": ALL})
