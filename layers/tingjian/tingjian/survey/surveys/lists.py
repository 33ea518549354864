"""Lists and counts of surveys for staff."""

from collections import Counter
from collections.abc import Iterable

from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.rights import Caller, Scope
from tingjian.platform.store import Store
from tingjian.survey.questionnaires.rights import READ_SURVEYS
from tingjian.survey.surveys.listings import Stretch, count_surveys, list_surveys
from tingjian.survey.surveys.models import Survey
from tingjian.survey.surveys.storage import load_survey, load_surveys
from tingjian.survey.surveys.survey_views import SurveyCounts, SurveyList, SurveyQuery, SurveyView


def find_surveys(store: Store, query: SurveyQuery, *, caller: Caller) -> SurveyList:
    """The surveys that the caller may see among those asked for.

    Raises AccessDeniedError for a foreign team or, to an agent, person, TicketNotFoundError for a number that is no
    ticket, InvalidInputError.
    """
    query.check_period()
    if query.ticket:
        _, found = load_surveys(store, query.ticket.replace("-", "").replace(" ", ""))
        shown = caller.covered(READ_SURVEYS, reversed(found), _place)
        return SurveyList(items=_views(store, shown))
    stretch = _stretch(store, query, caller, answered=query.among_answered)
    narrow = caller.scope(READ_SURVEYS) is not Scope.ALL and stretch.index == "owner"

    def wanted(survey: Survey) -> bool:
        return query.wants(survey) and caller.may(READ_SURVEYS, team=survey.team, owner=survey.person)

    found, cursor = list_surveys(
        store,
        stretch,
        wanted=wanted,
        filtered=query.narrows or narrow or bool(query.person and query.team),
        limit=query.limit,
        after=open_cursor(query.cursor, caller),
    )
    return SurveyList(items=_views(store, found), cursor=seal_cursor(cursor, caller) if narrow else cursor)


def counted_surveys(store: Store, query: SurveyQuery, *, caller: Caller) -> SurveyCounts:
    """How many of the surveys asked for stand in which state. Raises AccessDeniedError, InvalidInputError."""
    query.check_period()
    where = {name: value for name, value in (("type", query.type), ("channel", query.channel)) if value}
    counts: Counter[str] = Counter()
    more = False
    for answered in (False, True):
        stretch = _stretch(store, query, caller, answered=answered)
        if stretch.index == "owner" and caller.scope(READ_SURVEYS) is Scope.TEAM:
            # A person's surveys of a team that they have left are not for the lead of the present one.
            for team in [query.team] if query.team else _teams(store, caller):
                found, cut = count_surveys(store, stretch, where={**where, "team": f"surveys@{team}"})
                counts, more = counts + found, more or cut
            continue
        of_team = {"team": f"surveys@{query.team}"} if stretch.index == "owner" and query.team else {}
        found, cut = count_surveys(store, stretch, where={**where, **of_team})
        counts, more = counts + found, more or cut
    return SurveyCounts.model_validate({"counts": dict(counts), "more": more})


def show_to_staff(store: Store, identifier: str, *, caller: Caller) -> SurveyView:
    """A survey with its answer. Raises SurveyNotFoundError, AccessDeniedError."""
    found = load_survey(store, identifier)
    caller.require(READ_SURVEYS, team=found.team, owner=found.person)
    [view] = _views(store, [found])
    return view


def _stretch(store: Store, query: SurveyQuery, caller: Caller, *, answered: bool) -> Stretch:
    """Where to look. An agent looks among their own, whatever team is named."""
    person = query.person
    if query.team:
        caller.require(READ_SURVEYS, team=query.team)
    if caller.scope(READ_SURVEYS) is Scope.OWN:
        person = person or caller.id
        caller.require(READ_SURVEYS, owner=person)
    if person:
        return Stretch("owner", (person,), answered, query.since, query.until)
    teams = [query.team] if query.team else _teams(store, caller)
    return Stretch("queue", tuple(teams), answered, query.since, query.until)


def _teams(store: Store, caller: Caller) -> list[str]:
    teams = [team.id for team in list_teams(store) if team.kind == "team"]
    return teams if caller.scope(READ_SURVEYS) is Scope.ALL else [team for team in teams if team in caller.teams]


def _place(survey: Survey) -> tuple[str, str | None]:
    return survey.team, survey.person


def _views(store: Store, surveys: Iterable[Survey]) -> tuple[SurveyView, ...]:
    """Surveys with the names of their people. No call when warm."""
    found = list(surveys)
    names = {person.id: person.name for person in list_staff(store)} if found else {}
    return tuple(SurveyView.of(survey, names) for survey in found)
