from tingjian.platform.rights import ALL, TEAM, Right

REVEAL_CUSTOMERS = Right("customers.reveal", {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL})
LIST_REVEALS = Right("reveals.list", {"lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL})
