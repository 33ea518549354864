"""Questionnaires: one small collection, cached for seconds, and beside it every version that ever was."""

from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.survey.questionnaires.models import BUILT_IN, DEFAULT_TYPE, Questionnaire

COLLECTION = "questionnaires"
VERSIONS = "questionnaire#"


def list_questionnaires(store: Store) -> list[Questionnaire]:
    """All questionnaires, the one for everything else first; at most 15 seconds old."""
    stored = [questionnaire_from_item(item) for item in store.collection(COLLECTION)]
    others = [entry for entry in stored if entry.type != DEFAULT_TYPE]
    return [next((entry for entry in stored if entry.type == DEFAULT_TYPE), BUILT_IN), *others]


def find_questionnaire(store: Store, kind: str, team: str, channel: str) -> Questionnaire:
    """The questionnaire that fits a resolution most closely; of several, the first by name."""
    found = list_questionnaires(store)
    return max(reversed(found), key=lambda entry: entry.rank(kind, team, channel))


def questionnaire_version(store: Store, name: str, version: int) -> Questionnaire:
    """A questionnaire as it was in a version; one call if it has changed since."""
    now = next((entry for entry in list_questionnaires(store) if entry.type == name), BUILT_IN)
    if (now.type, now.version) == (name, version):
        return now
    if version == BUILT_IN.version:
        return BUILT_IN
    item = store.get(version_key(name, version), consistent=False)
    return questionnaire_from_item(item | {"sk": name}) if item else now


def questionnaire_writes(questionnaire: Questionnaire) -> list[Write]:
    """What stores a questionnaire over the version before it, and the version for good."""
    body = questionnaire.model_dump(exclude={"type"})
    current = Write("desk", {"pk": COLLECTION, "sk": questionnaire.type} | body, expect=questionnaire.version - 1)
    key = version_key(questionnaire.type, questionnaire.version)
    return [current, Write("desk", {"pk": key.pk, "sk": key.sk} | body, expect=0)]


def version_key(name: str, version: int) -> Key:
    return Key(f"{VERSIONS}{name}", f"version#{version:08d}")


def questionnaire_from_item(item: Item) -> Questionnaire:
    body = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    # One from before neutral scores had a rule of their own did nothing about them.
    old = {} if "on_neutral" in body else {"on_neutral": "nothing"}
    return Questionnaire.model_validate(old | body | {"type": item["sk"]})
