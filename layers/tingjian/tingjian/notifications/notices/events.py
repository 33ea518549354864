from tingjian.platform.facts import Fact


class PreferencesChanged(Fact):
    """A person changed how to be told; `changed` names the wishes, not what they say."""

    changed: tuple[str, ...]
