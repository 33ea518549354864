"""Surveys in the store: items of their ticket's collection, in a list of the team's, timed until they expire."""

from collections.abc import Sequence

from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import TicketNotFoundError, ticket_from_item
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.places import customer_key, ticket_entity, ticket_key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import epoch_seconds, instant, stamp
from tingjian.survey.surveys.models import Answer, Survey, SurveyNotFoundError, survey_id_parts

PLAIN = (
    "version", "hash", "type", "channel", "person", "state", "outcome", "why", "reminded", "questionnaire",
    "questionnaire_version",
)  # fmt: skip
INSTANTS = ("resolved_at", "issued_at", "answered_at", "changed_at", "send_at", "remind_at", "late_at")
SURVEY = "survey#"
SENDING = "invitation#"
PARTITION = "surveys@"


def survey_key(identifier: str) -> Key:
    """Where a survey stands. Raises SurveyNotFoundError for what is no id of one."""
    ticket, resolution = survey_id_parts(identifier)
    return Key(ticket_entity(ticket), f"{SURVEY}{resolution:08d}")


def load_survey(store: Store, identifier: str) -> Survey:
    """A survey by id. Raises SurveyNotFoundError."""
    item = store.get(survey_key(identifier))
    if item is None:
        raise SurveyNotFoundError
    return survey_from_item(item)


def load_survey_with_ticket(
    store: Store, identifier: str, *, repeat: Idempotency | None = None
) -> tuple[Survey, Ticket]:
    """A survey and its ticket in one call. Raises SurveyNotFoundError, RepeatedAnswerError."""
    survey, ticket = survey_key(identifier), ticket_key(survey_id_parts(identifier)[0])
    found = store.get_many([survey, ticket], repeat=repeat)
    if survey not in found or ticket not in found:
        raise SurveyNotFoundError
    return survey_from_item(found[survey]), ticket_from_item(found[ticket])


def load_surveys(store: Store, number: str) -> tuple[Ticket, list[Survey]]:
    """A ticket and its surveys, oldest first; few by nature. One call. Raises TicketNotFoundError."""
    page = store.query(ticket_entity(number), between=(SURVEY, "ticket"), limit=100, consistent=True)
    ticket = next((item for item in page.items if item["sk"] == "ticket"), None)
    if ticket is None:
        raise TicketNotFoundError
    return ticket_from_item(ticket), [survey_from_item(item) for item in page.items if item["sk"].startswith(SURVEY)]


def load_newest_survey(store: Store, customer: str) -> tuple[int, Sequence[Survey]]:
    """The customer's newest survey where quiet hours are kept, and the version of the item that says so."""
    item = store.get(_newest_key(customer))
    if item is None:
        return 0, ()
    found = store.get(survey_key(item["survey"]))
    return item["version"], (survey_from_item(found),) if found else ()


def newest_survey_write(survey: Survey, version: int) -> Write:
    """The member of a transaction that makes a survey its customer's newest; two at once cannot both."""
    key = _newest_key(survey.customer)
    return Write("desk", {"pk": key.pk, "sk": key.sk, "survey": survey.id, "version": version + 1}, expect=version)


def rescheduled_write(survey: Survey) -> Write:
    """The member of a transaction that stores another time for the timer of a survey, which is no change of it."""
    return Write("desk", survey_item(survey), expect=survey.version)


def survey_write(survey: Survey) -> Write:
    """The member of a transaction that stores a survey over the version before it."""
    return Write("desk", survey_item(survey), expect=survey.version - 1)


def survey_item(survey: Survey) -> Item:
    """The item of a survey; a new one is marked for delivery, an open one has the timer of its expiry."""
    key = survey_key(survey.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "team": PARTITION + survey.team, "queue_sort": survey.queue_sort}
    item |= {name: value for name in PLAIN if (value := getattr(survey, name))}
    item |= {name: stamp(moment) for name in INSTANTS if (moment := getattr(survey, name)) is not None}
    item |= {"customer": survey.customer, "until": stamp(survey.expires_at), "status": survey.state}
    if survey.person:
        item["assignee"] = PARTITION + survey.person
    if survey.answer:
        item["answer"] = survey.answer.model_dump(exclude_none=True)
    if survey.state == "issued":
        item["deliver"] = "survey"
    if survey.timer_at:
        item |= timer_fields(key.pk, survey.timer_at)
    return item


def sending_write(survey: Survey) -> Write:
    """The member of a transaction that has the next message of a stored survey sent: the invitation, or a reminder."""
    ticket, resolution = survey_id_parts(survey.id)
    item: Item = {
        "pk": ticket_entity(ticket),
        "sk": f"{SENDING}{survey.reminded}#{resolution:08d}",
        "deliver": "survey",
        "expires_at": epoch_seconds(survey.expires_at),
    }
    return Write("desk", item, expect=0)


def survey_of_sending(item: Item) -> str:
    """The id of the survey that an item with `deliver` belongs to, which may be the survey itself."""
    return f"{item['pk'].removeprefix('ticket#')}-{int(item['sk'].rpartition('#')[2])}"


def reminder_count(item: Item) -> int:
    """Which reminder an item with `deliver` asks for; 0 for the invitation."""
    return int(item["sk"].split("#")[1]) if item["sk"].startswith(SENDING) else 0


def survey_from_item(item: Item) -> Survey:
    ticket = item["pk"].removeprefix("ticket#")
    values = {name: item[name] for name in PLAIN if name in item}
    values |= {name: instant(item[name]) for name in INSTANTS if name in item}
    return Survey(
        id=f"{ticket}-{int(item['sk'].removeprefix('survey#'))}",
        ticket=ticket,
        team=item["team"].removeprefix(PARTITION),
        customer=item["customer"],
        expires_at=instant(item["until"]),
        answer=Answer.model_validate(item["answer"]) if "answer" in item else None,
        **values,
    )


def _newest_key(customer: str) -> Key:
    return Key(customer_key(customer).pk, "survey")
