"""Questionnaires: one small collection, cached for seconds."""

from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write
from tingjian.survey.questionnaires.models import BUILT_IN, DEFAULT_TYPE, Questionnaire

COLLECTION = "questionnaires"


def list_questionnaires(store: Store) -> list[Questionnaire]:
    """All questionnaires, the one for every other type first; at most 15 seconds old."""
    stored = [questionnaire_from_item(item) for item in store.collection(COLLECTION)]
    others = [entry for entry in stored if entry.type != DEFAULT_TYPE]
    return [next((entry for entry in stored if entry.type == DEFAULT_TYPE), BUILT_IN), *others]


def find_questionnaire(store: Store, kind: str) -> Questionnaire:
    found = list_questionnaires(store)
    return next((entry for entry in found if entry.type == kind), found[0])


def questionnaire_write(questionnaire: Questionnaire) -> Write:
    """The member of a transaction that stores a questionnaire over the version before it."""
    body = questionnaire.model_dump(exclude={"type"})
    return Write("desk", {"pk": COLLECTION, "sk": questionnaire.type} | body, expect=questionnaire.version - 1)


def questionnaire_from_item(item: Item) -> Questionnaire:
    body = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    return Questionnaire.model_validate(body | {"type": item["sk"]})
