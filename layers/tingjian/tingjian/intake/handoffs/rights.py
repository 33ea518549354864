from tingjian.platform.rights import ALL, TEAM, Right

READ_HANDOFFS = Right(
    "handoffs.read", {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "department": TEAM, "admin": ALL}
)
ANSWER_HANDOFFS = Right("handoffs.answer", {"department": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
VERIFY_HANDOFFS = Right("handoffs.verify", {"lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL})
