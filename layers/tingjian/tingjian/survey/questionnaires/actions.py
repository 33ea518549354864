from datetime import datetime

from tingjian.intake.types.storage import require_type
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.survey.questionnaires.events import QuestionnaireAdded, QuestionnaireChanged
from tingjian.survey.questionnaires.models import DEFAULT_TYPE, Questionnaire, QuestionnaireBody
from tingjian.survey.questionnaires.storage import COLLECTION, list_questionnaires, questionnaire_write


def put_questionnaire(
    store: Store, kind: str, body: QuestionnaireBody, *, expected: int | None, actor: Actor, now: datetime
) -> Questionnaire:
    """Add or change a type's questionnaire. Raises TypeNotFoundError, InvalidInputError, StaleError."""
    if kind != DEFAULT_TYPE:
        require_type(store, kind)
    body.check_parts()
    store.forget(COLLECTION)
    before = next((entry for entry in list_questionnaires(store) if entry.type == kind), None)
    version = (before.version if before else 0) + 1
    questionnaire = Questionnaire(**body.model_dump(), type=kind, version=version)
    record_change(
        store,
        entity=f"questionnaire#{kind}",
        fact=QuestionnaireChanged if version > 1 else QuestionnaireAdded,
        writes=[questionnaire_write(questionnaire)],
        version=version,
        expected=expected,
        data={"type": kind, "active": body.active, "on_low": body.on_low, "low_until": body.low_until},
        actor=actor,
        now=now,
    )
    store.forget(COLLECTION)
    return questionnaire
