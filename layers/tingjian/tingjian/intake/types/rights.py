from tingjian.platform.rights import ALL, Right, everybody

READ_TYPES = Right("types.read", everybody(ALL))
EDIT_TYPES = Right("types.edit", {"manager": ALL, "director": ALL, "admin": ALL})
