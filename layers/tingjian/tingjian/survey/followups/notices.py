"""Who is told of a follow-up. Apart from the actions, since a start that needs nobody told should not load it."""

from collections.abc import Iterable
from datetime import datetime

from tingjian.intake.tickets.models import Ticket
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.people.staff.models import Post, Staff
from tingjian.people.staff.posts import active_staff, holders
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.store import Store, Write
from tingjian.platform.times import stamp
from tingjian.survey.followups.models import FollowUp


def opening_notices(store: Store, follow_up: FollowUp, ticket: Ticket, now: datetime) -> list[Write]:
    return _notices(_holders(store, "lead", ticket), "followup_opened", follow_up, now)


def giving_notices(store: Store, follow_up: FollowUp, ticket: Ticket, now: datetime) -> list[Write]:
    """Tell the new owner, who may have been told of the opening before."""
    owner = active_staff(store, follow_up.owner) if follow_up.owner else None
    people = [owner] if owner else _holders(store, "lead", ticket)
    return _notices(people, "followup_opened", follow_up, now, mark=f"given.{follow_up.version}")


def overdue_notices(store: Store, follow_up: FollowUp, ticket: Ticket, now: datetime) -> list[Write]:
    owner = active_staff(store, follow_up.owner) if follow_up.owner else None
    people = [owner] if owner else _holders(store, "lead", ticket)
    return _notices([*people, *_holders(store, "manager", ticket)], "followup_overdue", follow_up, now)


def _holders(store: Store, post: Post, ticket: Ticket) -> list[Staff]:
    return holders(store, post, team=ticket.team, assignee=ticket.assignee)


def _notices(
    people: Iterable[Staff], kind: NoticeKind, follow_up: FollowUp, now: datetime, *, mark: str = ""
) -> list[Write]:
    names = dict.fromkeys(person.id for person in people)
    data = {"score": follow_up.score, "follow_up": follow_up.id, "due_at": stamp(follow_up.due_at)}
    fact = f"{follow_up.id}.{mark or kind}"
    return [notice_write(notice_of(name, kind, follow_up.ticket, data, now=now, mark=fact)) for name in names]
