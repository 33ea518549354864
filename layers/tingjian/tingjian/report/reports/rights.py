from tingjian.platform.rights import ALL, Right

READ_REPORTS = Right("reports.read", {"lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL})
MAKE_REPORTS = Right("reports.make", {"lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL})
