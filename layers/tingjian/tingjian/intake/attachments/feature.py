"""Files of messages; conversations give out their slots and ticket views their links."""

from tingjian.platform.features import Feature

FEATURE = Feature()
