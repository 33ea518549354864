"""The rights of deliveries."""

from tingjian.platform.rights import ALL, Right

EDIT_WEBHOOKS = Right("webhooks.edit", {"admin": ALL, "director": ALL})
