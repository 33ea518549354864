"""Lists of surveys for staff."""

from tingjian.people.staff.storage import list_teams
from tingjian.platform.rights import Caller, Scope
from tingjian.platform.store import Store
from tingjian.survey.questionnaires.rights import READ_SURVEYS
from tingjian.survey.surveys.models import SurveyList, SurveyQuery, SurveyView
from tingjian.survey.surveys.storage import list_surveys, load_surveys


def find_surveys(store: Store, query: SurveyQuery, *, caller: Caller) -> SurveyList:
    """The surveys that the caller may see among those asked for.

    Raises AccessDeniedError for a foreign team, TicketNotFoundError for a number that is no ticket.
    """
    if query.ticket:
        _, found = load_surveys(store, query.ticket.replace("-", "").replace(" ", ""))
        shown = caller.covered(READ_SURVEYS, reversed(found), lambda survey: (survey.team, None))
        return SurveyList(items=tuple(SurveyView.of(survey) for survey in shown))
    if query.team:
        caller.require(READ_SURVEYS, team=query.team)
    teams = [query.team] if query.team else _teams(store, caller)
    found, cursor = list_surveys(store, teams, answered=query.answered, limit=query.limit, after=query.cursor)
    return SurveyList(items=tuple(SurveyView.of(survey) for survey in found), cursor=cursor)


def _teams(store: Store, caller: Caller) -> list[str]:
    teams = [team.id for team in list_teams(store) if team.kind == "team"]
    return teams if caller.scope(READ_SURVEYS) is Scope.ALL else [team for team in teams if team in caller.teams]
