"""Messages: what they are and where they stand; conversations write them."""

from tingjian.platform.features import Feature, Place

FEATURE = Feature(places=(Place("message", "ticket#<number>", "message#<time>#<id>"),))
