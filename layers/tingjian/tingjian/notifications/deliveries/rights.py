"""The rights of deliveries, and of the webhooks that are called by them."""

from tingjian.platform.rights import ALL, Right

EDIT_WEBHOOKS = Right("webhooks.edit", {"admin": ALL, "director": ALL})
