"""Who holds a post in the line of command of a ticket. For an inactive person, the next post up counts."""

from collections.abc import Collection

from tingjian.people.staff.models import LINE, Post, Staff
from tingjian.people.staff.storage import find_staff, find_team, list_staff, staff_with_role
from tingjian.platform.store import Store


def holders(store: Store, post: Post, *, team: str, assignee: str | None) -> list[Staff]:
    """Those who hold the post for a ticket of this team and assignee, or the first above it that anybody holds.

    If nobody holds any, it is the administrators. No call when warm.
    """
    for place in LINE[LINE.index(post) :]:
        if people := _post_holders(store, place, team, assignee):
            return people
    return _people_with_role(store, "admin")


def next_above(
    store: Store, people: Collection[str | None], *, team: str, post: Post | None = None
) -> tuple[Post, Staff] | None:
    """Who holds the post, by default the next one above all of these people; None when nobody does.

    A post that nobody holds goes up the line.
    """
    held = {place: _post_holders(store, place, team, None) for place in LINE[1:]}
    rank = max((LINE.index(place) for place, there in held.items() for one in there if one.id in people), default=0)
    start = LINE.index(post) if post else rank + 1
    for place in LINE[start:] if start > rank else ():
        for holder in held[place]:
            if holder.id not in people:
                return place, holder
    return None


def department_people(store: Store, department: str) -> list[Staff]:
    """Who answers for a department: its lead, else everybody in it."""
    team = find_team(store, department)
    lead = active_staff(store, team.lead) if team and team.lead else None
    return [lead] if lead else [person for person in list_staff(store) if person.active and department in person.teams]


def active_staff(store: Store, staff_id: str) -> Staff | None:
    """The person, unless there is none with this id, or one who has left."""
    person = find_staff(store, staff_id)
    return person if person and person.active else None


def _post_holders(store: Store, post: Post, team_id: str, assignee: str | None) -> list[Staff]:
    if post == "assignee":
        return _active_people(store, assignee)
    if post == "director":
        return _people_with_role(store, "director")
    team = find_team(store, team_id)
    named = _active_people(store, getattr(team, post) if team else None)
    if named or post == "lead":
        return named or staff_with_role(store, team=team_id, role=post)
    return staff_with_role(store, team=team_id, role=post) or _people_with_role(store, post)


def _active_people(store: Store, name: str | None) -> list[Staff]:
    person = active_staff(store, name) if name else None
    return [person] if person else []


def _people_with_role(store: Store, role: str) -> list[Staff]:
    return [person for person in list_staff(store) if person.active and role in person.roles]
