from tingjian.platform.rights import ALL, Right

RUN_IMPORTS = Right("imports.run", {"manager": ALL, "admin": ALL})
