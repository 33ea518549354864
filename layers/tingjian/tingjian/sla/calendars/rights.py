from tingjian.platform.rights import ALL, Right, everybody

READ_POLICIES = Right("policies.read", everybody(ALL))
EDIT_POLICIES = Right("policies.edit", {"manager": ALL, "director": ALL, "admin": ALL})
