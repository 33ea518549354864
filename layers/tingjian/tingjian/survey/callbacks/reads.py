"""Callbacks and record forms for staff."""

from collections import Counter
from collections.abc import Sequence

from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.http.call import Call
from tingjian.platform.rights import Scope
from tingjian.survey.callbacks.models import Callback
from tingjian.survey.callbacks.rights import SHARE_CALLBACKS, WORK_CALLBACKS
from tingjian.survey.callbacks.storage import list_callbacks, load_callback
from tingjian.survey.callbacks.views import CallbackList, CallbackMay, CallbackQuery, CallbackView

MOST_LOOKS = 10


def show_callback(call: Call, identifier: str) -> CallbackView:
    """A callback. Raises CallbackNotFoundError, AccessDeniedError."""
    found = load_callback(call.store, identifier)
    call.caller.require(WORK_CALLBACKS, team=found.team, owner=found.owner)
    return _views(call, [found])[0]


def find_callbacks(call: Call, query: CallbackQuery) -> CallbackList:
    """The callbacks asked for that the caller may see. A page is full while there are more: at most ten looks.

    Raises AccessDeniedError for a foreign team.
    """
    if query.owner and not query.team:
        index, partitions = "owner", [query.owner]
    else:
        if query.team:
            call.caller.require(WORK_CALLBACKS, team=query.team)
        index, partitions = "queue", [query.team] if query.team else _teams(call)
    after = open_cursor(query.cursor, call.caller)
    shown: list[Callback] = []
    for _ in range(MOST_LOOKS):
        limit = query.limit - len(shown)
        found, after = list_callbacks(call.store, index, partitions, done=query.done, limit=limit, after=after)
        covered = call.caller.covered(WORK_CALLBACKS, found, lambda one: (one.team, one.owner))
        shown += [callback for callback in covered if query.wants(callback)]
        if after is None or len(shown) == query.limit:
            break
    cursor = after if call.caller.scope(WORK_CALLBACKS) is Scope.ALL else seal_cursor(after, call.caller)
    counts = Counter(callback.standing for callback in shown)
    return CallbackList(items=_views(call, shown), counts=dict(counts), cursor=cursor)


def _views(call: Call, callbacks: Sequence[Callback]) -> tuple[CallbackView, ...]:
    names = {person.id: person.name for person in list_staff(call.store)} if callbacks else {}
    return tuple(CallbackView.of(one, names, _refusals(call, one), call.now) for one in callbacks)


def _refusals(call: Call, callback: Callback) -> CallbackMay:
    if callback.state != "open":
        return CallbackMay(claim="callback_done", record="callback_done", assign="callback_done")
    taken = "callback_taken" if callback.claimed_at and callback.owner != call.caller.id else None
    leads = call.caller.may(SHARE_CALLBACKS, team=callback.team, owner=callback.owner)
    return CallbackMay(claim=taken, record=taken, assign=None if leads else "access_denied")


def _teams(call: Call) -> list[str]:
    teams = [team.id for team in list_teams(call.store) if team.kind == "team"]
    every = call.caller.scope(WORK_CALLBACKS) is Scope.ALL
    return teams if every else [team for team in teams if team in call.caller.teams]
