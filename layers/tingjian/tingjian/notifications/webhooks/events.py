from tingjian.platform.facts import Fact


class WebhookAdded(Fact):
    """A webhook was added; no event named means all."""

    events: tuple[str, ...]
    active: bool


class WebhookChanged(WebhookAdded):
    """A webhook was changed; the fact says how it is now."""


class WebhookSecretRotated(WebhookAdded):
    """A webhook got a new secret."""


class WebhookRemoved(WebhookAdded):
    """A webhook was removed; the fact says how it was."""


class WebhookGone(WebhookAdded):
    """A webhook was switched off, since its receiver answered that it is gone (410)."""


class WebhookSwitchedOff(WebhookAdded):
    """A webhook was switched off, since every call to its receiver has failed for as long as it bears."""
