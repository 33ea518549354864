from datetime import datetime

from tingjian.intake.types.storage import list_types, require_type
from tingjian.people.staff.storage import list_teams
from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.survey.questionnaires.events import QuestionnaireAdded, QuestionnaireChanged
from tingjian.survey.questionnaires.models import DEFAULT_TYPE, Questionnaire, QuestionnaireBody, SurveyMatch
from tingjian.survey.questionnaires.storage import COLLECTION, list_questionnaires, questionnaire_writes


def put_questionnaire(
    store: Store, kind: str, body: QuestionnaireBody, *, expected: int | None, actor: Actor, now: datetime
) -> Questionnaire:
    """Add or change a questionnaire. Raises TypeNotFoundError, InvalidInputError, StaleError.

    One without a match is for the type of its name, which must be there.
    """
    if kind != DEFAULT_TYPE and body.match == SurveyMatch():
        require_type(store, kind)
    _require_matched(store, body.match)
    body.check_parts()
    store.forget(COLLECTION)
    before = next((entry for entry in list_questionnaires(store) if entry.type == kind), None)
    version = (before.version if before else 0) + 1
    questionnaire = Questionnaire(**body.model_dump(), type=kind, version=version)
    record_change(
        store,
        entity=f"questionnaire#{kind}",
        fact=QuestionnaireChanged if version > 1 else QuestionnaireAdded,
        writes=questionnaire_writes(questionnaire),
        version=version,
        expected=expected,
        data={
            "type": kind,
            "active": body.active,
            "on_low": body.on_low,
            "on_neutral": body.on_neutral,
            "low_until": body.low_until,
            "questions": [question.key for question in body.questions],
        },
        actor=actor,
        now=now,
    )
    store.forget(COLLECTION)
    return questionnaire


def _require_matched(store: Store, match: SurveyMatch) -> None:
    """Raise InvalidInputError that names each type and team which is not there."""
    types, teams = {kind.key for kind in list_types(store)}, {team.id for team in list_teams(store)}
    wrong = [
        FieldError(f"match.{name}.{n}", "unknown", value=value)
        for name, known in (("types", types), ("teams", teams))
        for n, value in enumerate(getattr(match, name))
        if value not in known
    ]
    if wrong:
        raise InvalidInputError(wrong)
