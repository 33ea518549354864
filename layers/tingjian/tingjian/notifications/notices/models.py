"""Notices: what a member of staff is told, in the list on the screen and by message. Pure."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from tingjian.notifications.channels import Channel
from tingjian.notifications.quiet import QuietHours
from tingjian.platform import texts
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.errors import NotFoundError
from tingjian.platform.ids import derived_id, spoken_number
from tingjian.platform.models import Frozen
from tingjian.platform.texts import Language
from tingjian.sla.clocks import EPOCH

UNREAD_LIMIT = 99
EVEN_WHEN_CLOSED: frozenset[NoticeKind] = frozenset(
    {"customer_wrote", "ticket_reopened", "message_failed", "followup_opened", "followup_overdue"}
)
"""What people are told of a closed ticket; nothing else of it is news to anybody."""
BY_MAIL_IF_WISHED: frozenset[NoticeKind] = frozenset({"handoff_accepted", "ticket_taken", "handoff_withdrawn"})
"""What is mailed to those only who ask for it; everything else is, unless they say no."""
ALWAYS_BY_MAIL: frozenset[NoticeKind] = frozenset({"clock_breached", "alert_unanswered", "handoff_overdue"})
"""What nobody can refuse by mail: a promise is broken."""


class NoticeNotFoundError(NotFoundError):
    """The caller has no notice with this id."""

    code = "notice_not_found"


class Notice(Frozen):
    """Something that one person should know, of a ticket or not. `data` holds ids and figures, never personal data."""

    id: str
    version: int = 1
    staff: str
    kind: NoticeKind
    ticket: str | None = None
    at: datetime
    data: dict[str, Any] = Field(default={})
    alert: str | None = None
    channels: tuple[Channel, ...] = ()
    quiet_hours: QuietHours | None = None
    read_at: datetime | None = None

    def mark_read(self, now: datetime) -> "Notice":
        """The notice as read; a second time changes nothing."""
        if self.read_at is not None:
            return self
        return self.model_copy(update={"read_at": now, "version": self.version + 1})

    def words(self, language: Language) -> dict[str, object]:
        clock = self.data.get("clock")
        return {
            "ticket": spoken_number(self.ticket) if self.ticket else "",
            "clock": texts.text(f"clock.{clock}", language) if clock else "",
            "share": self.data.get("share", ""),
            "department": self.data.get("department", ""),
            "score": self.data.get("score", ""),
            "webhook": self.data.get("webhook", ""),
            "held": texts.text("held.between", language).join(_held(self.data, language)),
        }

    def title(self, language: Language) -> str:
        return texts.text(f"notice.{self.kind}", language, **self.words(language))


def _held(data: dict[str, Any], language: Language) -> list[str]:
    """What keeps a ticket open, in words."""
    parts = []
    for blocker in data.get("blockers") or ():
        kind, _, identifier = blocker.partition(":")
        parts.append(texts.text(f"blocker.{kind}", language, id=identifier))
    if missing := data.get("missing"):
        parts.append(texts.text("held.missing", language, count=len(missing)))
    if data.get("unanswered"):
        parts.append(texts.text("held.unanswered", language))
    return parts


class NoticeView(Frozen):
    """A notice as its reader sees it."""

    id: str
    kind: NoticeKind
    ticket: str | None = None
    number: str | None = None
    subject: str | None = None
    title: str
    at: datetime
    read: bool
    alert: str | None = None
    data: dict[str, Any] = Field(default={})


class NoticeList(Frozen):
    """A page of notices, newest first; `unread` stops counting at 99."""

    items: tuple[NoticeView, ...]
    unread: int
    cursor: str | None = None


class NoticeQuery(Frozen):
    """Which page."""

    limit: int = Field(default=25, ge=1, le=100)
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Unread(Frozen):
    """How many notices are unread now; counting stops at 99."""

    unread: int


class PreferencesBody(Frozen):
    """How a person wants to be reached: hours in which messages wait, a phone for text messages, and what by mail.

    What `mail` does not name is mailed as is usual for its kind; the list on the screen has everything.
    """

    quiet_hours: QuietHours | None = None
    phone: Annotated[str, StringConstraints(max_length=32)] | None = None
    mail: dict[NoticeKind, bool] = Field(default={})


class Preferences(PreferencesBody):
    """A person's stored wishes; version 0 when none were ever stored."""

    version: int = 0

    def wants_mail(self, kind: NoticeKind) -> bool:
        return kind in ALWAYS_BY_MAIL or self.mail.get(kind, kind not in BY_MAIL_IF_WISHED)


def notice_of(
    staff: str,
    kind: NoticeKind,
    ticket: str | None,
    data: dict[str, Any],
    *,
    now: datetime,
    mark: str,
    alert: str | None = None,
    channels: tuple[Channel, ...] = ("in_app", "email"),
    quiet_hours: QuietHours | None = None,
) -> Notice:
    """The notice of one person about one fact; `mark` names the fact, so that a repeat writes the same notice."""
    return Notice(
        id=notice_id(now, derived_id("notice", mark, staff)[:12]),
        staff=staff,
        kind=kind,
        ticket=ticket,
        at=now,
        data=data,
        alert=alert,
        channels=channels,
        quiet_hours=quiet_hours,
    )


def notice_id(at: datetime, mark: str) -> str:
    return f"{(at - EPOCH) // timedelta(milliseconds=1)}-{mark}"
