from tingjian.platform.rights import OWN, Right, everybody

READ_NOTICES = Right("notices.read", everybody(OWN))
