from tingjian.platform.rights import ALL, Right, everybody

READ_HANDOFF_FORMS = Right("handoff-forms.read", everybody(ALL))
EDIT_HANDOFF_FORMS = Right("handoff-forms.edit", {"manager": ALL, "director": ALL, "admin": ALL})
