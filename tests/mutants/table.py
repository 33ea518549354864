"""The mutants: code broken in one place, and the tests that must notice.

A mutant's text stands exactly once in its file; tests/unit/test_mutants.py says when it does not any more.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """In `file`, `new` takes the place of `old`; one of `tests` (files, or tests of a file) must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def source(self, root: Path) -> str:
        """The text of the file as it is."""
        return (root / self.file).read_text(encoding="utf-8")

    def faults(self, root: Path) -> list[str]:
        """Why this is no mutant of the tree at `root`: what it names is not there, or there several times."""
        found = self.source(root).count(self.old) if (root / self.file).is_file() else 0
        faults = [] if found == 1 else [f"its text stands {found} times in {self.file}"]
        if self.old == self.new:
            faults.append("it changes nothing")
        files = [test.partition("::")[0] for test in self.tests]
        return faults + [f"there is no {file}" for file in files if not (root / file).is_file()]


def cells(operation: str) -> str:
    """The cells of an operation in the matrix of rights."""
    test = "test_operation_answers_whom_the_table_allows_and_nobody_else"
    return f"tests/functions/rights/test_matrix.py::{test}[{operation}]"


CODE = "layers/tingjian/tingjian"
RIGHTS = f"{CODE}/platform/rights.py"
LISTS = f"{CODE}/intake/tickets/lists.py"
MOVES = f"{CODE}/intake/tickets/moves.py"
MODELS = f"{CODE}/intake/tickets/models.py"
LINKS = f"{CODE}/intake/tickets/follow_links.py"
TRYING = f"{CODE}/intake/lookups/models.py"
SIGNING = f"{CODE}/platform/signing.py"
MASKING = f"{CODE}/platform/masking.py"
KEYS = f"{CODE}/platform/idempotency.py"
STORE = f"{CODE}/platform/store.py"
SWEEP = f"{CODE}/platform/sweep.py"
ESCALATION = "functions/escalation/assembled.py"
WIRING = "tests/unit/test_wiring.py"
TICKET = "tests/unit/intake/test_ticket.py"
LIFE = "tests/unit/intake/test_ticket_life.py"
TICKETS = "tests/functions/intake/test_tickets.py"
FOLLOWING = "tests/functions/intake/test_following.py"
LOOKUPS = "tests/functions/intake/test_lookups.py"
IDEMPOTENCY = "tests/functions/intake/test_idempotency.py"
PUBLIC = "tests/functions/rights/test_public.py"
HARM = "tests/functions/rights/test_harm.py"
SWEEPS = "tests/functions/escalation/test_sweep.py"
CLOCKS = "tests/unit/sla/test_clocks.py"
CALENDAR = "tests/unit/sla/test_calendar.py"
SURVEYS = "functions/survey/assembled.py"
ANSWERS = "tests/functions/test_answers.py"
MASKS = "tests/unit/platform/test_masking.py"
MATRIX = "tests/functions/rights/test_matrix.py"
MATRIX_FAILS = "tests/functions/rights/test_mutations.py"
RIGHTS_LISTS = "tests/functions/rights/test_lists.py"
SIGNING_TESTS = "tests/unit/platform/test_signing.py"

OF_RIGHTS = (
    Mutant(
        "foreign rows in a queue",
        LISTS,
        "caller.covered(READ_TICKETS, rows, lambda row: (row.team, row.assignee))",
        "list(rows)",
        (RIGHTS_LISTS,),
    ),
    Mutant(
        "history open to all teams",
        f"{CODE}/intake/ticket_views/routes.py",
        "    call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)\n    return ticket_history",
        "    call.caller.require_some(READ_TICKETS)\n    return ticket_history",
        (cells("GET /v1/tickets/{ticket}/history"),),
    ),
    Mutant(
        "messages open to all teams",
        f"{CODE}/intake/conversations/routes.py",
        "call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)",
        "call.caller.require_some(READ_TICKETS)",
        (cells("GET /v1/tickets/{ticket}/messages"),),
    ),
    Mutant(
        "a change of a ticket asks nobody",
        f"{CODE}/intake/tickets/changes.py",
        "        request.caller.require(request.right, team=ticket.team, owner=ticket.assignee)\n",
        "        request.caller.scope(request.right)\n",
        (cells("POST /v1/tickets/{ticket}/notes"), cells("POST /v1/tickets/{ticket}/claim")),
    ),
    Mutant(
        "a department answers for another",
        f"{CODE}/intake/handoffs/actions.py",
        "request.caller.require(ANSWER_HANDOFFS, team=handoff.department)",
        "request.caller.require_some(ANSWER_HANDOFFS)",
        (cells("POST /v1/tickets/{ticket}/handoffs/{number}/accept"),),
    ),
    Mutant(
        "a survey of any team is shown",
        f"{CODE}/survey/surveys/lists.py",
        "caller.require(READ_SURVEYS, team=found.team, owner=found.person)",
        "caller.require_some(READ_SURVEYS)",
        (cells("GET /v1/surveys/{survey}"),),
    ),
    Mutant(
        "a follow-up of any team is taken on",
        f"{CODE}/survey/followups/actions.py",
        "caller.require(WORK_FOLLOW_UPS, team=before.team, owner=before.owner)",
        "caller.require_some(WORK_FOLLOW_UPS)",
        (cells("POST /v1/follow-ups/{follow_up}/claim"),),
    ),
    Mutant(
        "an alert of any team is acknowledged",
        f"{CODE}/escalation/alerts/actions.py",
        "caller.require(READ_ALERTS, team=alert.team, "
        'owner=caller.id if caller.id in alert.told else alert.owner or "")',
        "caller.require_some(READ_ALERTS)",
        (cells("POST /v1/alerts/{alert}/acknowledge"),),
    ),
    Mutant(
        "a deadline of any ticket is explained",
        f"{CODE}/escalation/deadlines/actions.py",
        "caller.require(READ_TICKETS, team=ticket.team, owner=ticket.assignee)",
        "caller.require_some(READ_TICKETS)",
        (cells("GET /v1/deadlines/{ticket}"),),
    ),
    Mutant(
        "agents read surveys",
        f"{CODE}/survey/questionnaires/rights.py",
        '"agent": OWN',
        '"agent": TEAM',
        (cells("GET /v1/surveys/{survey}"),),
    ),
    Mutant(
        "nobody notices that nobody asked",
        RIGHTS,
        "            raise RightNotAskedError(self.right.name)",
        "            self.excused = True",
        (f"{MATRIX_FAILS}::test_action_that_forgets_to_ask_answers_nothing_and_writes_nothing",),
    ),
    Mutant(
        "whoever left may sign in",
        f"{CODE}/people/staff/sign_ins.py",
        "    return person if person and person.active and person.subject == subject else None",
        "    return person if person and person.subject == subject else None",
        (cells("GET /v1/teams"),),
    ),
    Mutant(
        "a role is enough for every team",
        RIGHTS,
        "        if team not in self.teams:\n            return False\n",
        "",
        (cells("POST /v1/tickets/{ticket}/notes"),),
    ),
    Mutant(
        "every right covers everything",
        RIGHTS,
        "        if scope is ALL:",
        "        if scope:",
        (f"{TICKETS}::test_a_ticket_of_another_team_is_out_of_reach",),
    ),
    Mutant(
        "own things are the whole team's",
        RIGHTS,
        "return scope is TEAM or (scope is OWN and owner is None)",
        "return scope >= OWN",
        (cells("GET /v1/follow-ups/{follow_up}"),),
    ),
    Mutant(
        "agents reveal everybody",
        f"{CODE}/intake/reveals/rights.py",
        '"agent": TEAM, "lead": TEAM',
        '"agent": ALL, "lead": TEAM',
        (cells("POST /v1/customers/{customer}/reveal"),),
    ),
    Mutant(
        "leads read every ticket",
        f"{CODE}/intake/tickets/rights.py",
        '"tickets.read", {"agent": TEAM, "lead": TEAM',
        '"tickets.read", {"agent": TEAM, "lead": ALL',
        (cells("GET /v1/tickets/{ticket}"),),
    ),
    Mutant(
        "ticket is shown to all teams",
        f"{CODE}/intake/ticket_views/actions.py",
        "caller.require(READ_TICKETS, team=ticket.team, owner=ticket.assignee)",
        "caller.require_some(READ_TICKETS)",
        (cells("GET /v1/tickets/{ticket}"),),
    ),
    Mutant(
        "agents assign",
        f"{CODE}/intake/tickets/routes.py",
        "request_of_staff(call, ticket, right=ASSIGN_TICKETS)",
        "request_of_staff(call, ticket)",
        (cells("POST /v1/tickets/{ticket}/assign"),),
    ),
    Mutant(
        "whoever reads types edits them",
        f"{CODE}/intake/types/routes.py",
        "**staff(EDIT_TYPES)",
        "**staff(READ_TYPES)",
        (f"{MATRIX}::test_operations_need_the_rights_that_the_table_says",),
    ),
    Mutant(
        "customer's list shows foreign rows",
        LISTS,
        "caller.covered(READ_TICKETS, wanted, lambda ticket: (ticket.team, ticket.assignee))",
        "wanted",
        (RIGHTS_LISTS,),
    ),
    Mutant(
        "queue of a foreign team is not refused",
        LISTS,
        "        caller.require(READ_TICKETS, team=team)",
        "        caller.require_some(READ_TICKETS)",
        (RIGHTS_LISTS, TICKETS),
    ),
    Mutant(
        "cursor of a list tells what is left out",
        LISTS,
        "return cursor if caller.scope(READ_TICKETS) is Scope.ALL else seal_cursor(cursor, caller)",
        "return cursor",
        (HARM,),
    ),
    Mutant(
        "link to a ticket tells that it is there",
        f"{CODE}/intake/tickets/actions.py",
        "request.caller.require(READ_TICKETS, team=linked.team, owner=linked.assignee)",
        "request.caller.scope(READ_TICKETS)",
        (HARM,),
    ),
    Mutant(
        "roles are those of the staff list",
        f"{CODE}/people/staff/sign_ins.py",
        "roles=frozenset(groups) & frozenset(person.roles) & frozenset(ROLES)",
        "roles=frozenset(person.roles)",
        (HARM,),
    ),
    Mutant(
        "reveal asks nothing",
        f"{CODE}/intake/reveals/actions.py",
        "    if found is None and not whole:",
        "    if not tickets and not whole:",
        ("tests/functions/intake/test_reveals.py",),
    ),
    Mutant(
        "customer gets the files of notes",
        f"{CODE}/intake/ticket_views/routes.py",
        "number, message, kinds=PUBLIC)",
        "number, message)",
        (f"{PUBLIC}::test_customer_gets_the_files_of_replies_and_not_those_of_notes",),
    ),
)

OF_MASKS_AND_HEADERS = (
    Mutant("a masked phone shows six digits", MASKING, "PHONE_TAIL = 4", "PHONE_TAIL = 6", (MASKS,)),
    Mutant(
        "nosniff is gone", f"{CODE}/platform/http/language.py", ', "X-Content-Type-Options": "nosniff"', "", (ANSWERS,)
    ),
    Mutant(
        "answers may be cached", f"{CODE}/platform/http/language.py", '"Cache-Control": "no-store", ', "", (ANSWERS,)
    ),
    Mutant("short phone shows four digits", MASKING, "+ national[-2:]", "+ national[-4:]", (MASKS,)),
    Mutant("mail shows its name", MASKING, "{name[:1]}***", "{name}***", (MASKS,)),
    Mutant("address shows its street", MASKING, "min(6, len(address) // 2)", "len(address) - 3", (MASKS,)),
    Mutant(
        "view of a customer shows the phone",
        f"{CODE}/intake/customers/contact_points.py",
        "value=contact.masked,",
        "value=contact.value,",
        (cells("GET /v1/customers/{customer}"),),
    ),
)

OF_RULES = (
    Mutant(
        "reopened after 300 days",
        MODELS,
        "REOPEN_WINDOW = timedelta(days=30)",
        "REOPEN_WINDOW = timedelta(days=300)",
        (TICKET, FOLLOWING),
    ),
    Mutant("closed in spite of blockers", MOVES, "    _require_unblocked(ticket.blockers)\n", "", (TICKET,)),
    Mutant(
        "a note counts as a message of the customer",
        f"{CODE}/intake/conversations/actions.py",
        'if kind == "note":',
        "if False:",
        (TICKETS, TICKET),
    ),
    Mutant(
        "customer reopens for ever",
        LINKS,
        "or (until and now > until):",
        "or False:",
        (FOLLOWING,),
    ),
    Mutant(
        "confirming closes past blockers",
        MOVES,
        "if told.blockers or kind.missing(",
        "if kind.missing(",
        (TICKET, LIFE),
    ),
    Mutant("claimed ticket is claimed again", MOVES, "if ticket.assignee not in {None, by}:", "if False:", (TICKET,)),
    Mutant("resolving requires no fields", MOVES, '    require_fields(kind, values, stage="resolve")\n', "", (TICKET,)),
    Mutant(
        "step requires only fields of steps before it",
        f"{CODE}/intake/types/models.py",
        "STAGES[: STAGES.index(stage) + 1]",
        "STAGES[: STAGES.index(stage)]",
        (TICKET,),
    ),
    Mutant(
        "closed ticket takes replies",
        MODELS,
        '"reply": frozenset({"new", "open", "waiting", "resolved"})',
        '"reply": frozenset({"new", "open", "waiting", "resolved", "closed"})',
        (TICKET, LIFE),
    ),
    Mutant(
        "edit needs no version",
        f"{CODE}/intake/tickets/actions.py",
        "    if request.if_match is None:",
        "    if False:",
        (f"{TICKETS}::test_edit_says_which_version_it_was_made_on",),
    ),
    Mutant(
        "survey is answered twice",
        f"{CODE}/survey/surveys/answers.py",
        "        survey.require_open(questionnaire, now)\n",
        "",
        ("tests/functions/survey/test_answering.py",),
    ),
    Mutant(
        "event is chained to nothing",
        f"{CODE}/platform/chains.py",
        ").with_previous(self.hash)",
        ').with_previous("")',
        ("tests/unit/platform/test_chains.py",),
    ),
)

OF_LINKS = (
    Mutant("links never expire", SIGNING, "if epoch_seconds(now) >= int(parts[3]):", "if False:", (SIGNING_TESTS,)),
    Mutant(
        "a signature is not compared",
        SIGNING,
        'if not canonical or not hmac.compare_digest(signed, self._sign("link", payload)):',
        "if not canonical:",
        (SIGNING_TESTS,),
    ),
    Mutant("wrong tries lock nobody out", TRYING, "\nTRIES = 5", "\nTRIES = 500", (LOOKUPS,)),
    Mutant("link of one use serves for another", SIGNING, " or parts[1] != use:", ":", (SIGNING_TESTS,)),
    Mutant(
        "cursor is opened by anybody",
        SIGNING,
        "if not hmac.compare_digest(self.seal(reader, text), sealed):",
        "if False:",
        (SIGNING_TESTS,),
    ),
    Mutant("look-up never locks", TRYING, "        if wait:", "        if False:", (LOOKUPS,)),
    Mutant(
        "look-up is locked for ever",
        TRYING,
        "max(self.locked_until - now, timedelta()) if",
        "timedelta(minutes=30) if",
        (LOOKUPS,),
    ),
    Mutant(
        "a stranger locks the customer out",
        TRYING,
        "else max(own.wait(now), whole.wait(now))",
        "else LOCKS[0]",
        (LOOKUPS,),
    ),
    Mutant("a code is good for ever", TRYING, "now < self.expires_at and ", "", (LOOKUPS,)),
    Mutant(
        "any digits are the customer's",
        f"{CODE}/intake/lookups/actions.py",
        "if last_four not in customer.phone_tails(ticket.contacts, filed_at=ticket.opened_at):",
        "if False:",
        (LOOKUPS,),
    ),
)

OF_KEYS = (
    Mutant("a used key passes for another request", KEYS, "if mark != self.mark:", "if False:", (IDEMPOTENCY,)),
    Mutant(
        "key is not stored",
        STORE,
        '            members.append(Write("desk", idempotency.item(), expect=0, name=KEY_MEMBER))',
        "            pass",
        (IDEMPOTENCY,),
    ),
    Mutant("key is everybody's", KEYS, 'fingerprint("key", caller, key)', 'fingerprint("key", key)', (HARM,)),
    Mutant(
        "body is no part of the request",
        f"{CODE}/platform/http/keys.py",
        'request=("POST", path, body)',
        'request=("POST", path)',
        (IDEMPOTENCY,),
    ),
    Mutant(
        "key is forgotten after a day", KEYS, "KEPT = timedelta(hours=26)", "KEPT = timedelta(hours=23)", (IDEMPOTENCY,)
    ),
    Mutant(
        "write is guarded by nobody",
        STORE,
        "        if self.guard:\n            self.guard.require_asked()\n",
        "",
        ("tests/functions/rights/test_guard.py",),
    ),
)

OF_WIRING = (
    Mutant(
        "a timer's function is misspelt",
        ESCALATION,
        "followups.actions:mark_overdue",
        "followups.actions:mark_overdu",
        (WIRING,),
    ),
    Mutant("a timer's kind is misspelt", ESCALATION, '"followup": "tingjian', '"follow_up": "tingjian', (WIRING,)),
    Mutant("a listener's function is misspelt", SURVEYS, "listeners:issue", "listeners:isue", (WIRING,)),
    Mutant("a mail's template is misspelt", ESCALATION, '"opened": "tingjian', '"opend": "tingjian', (WIRING,)),
    Mutant(
        "a noun is gone from the table",
        "functions/intake/assembled.py",
        '"/v1/handoffs": ',
        '"/v1/handofs": ',
        (WIRING,),
    ),
    Mutant(
        "the Journal's reader filters too much",
        "template.yaml",
        '"TicketResolved", "TicketResumed", "TicketTransferred"]}',
        '"TicketResolvd", "TicketResumed", "TicketTransferred"]}',
        ("tests/functions/test_events.py",),
    ),
    Mutant(
        "follow-ups declare a timer of another kind",
        f"{CODE}/survey/followups/feature.py",
        'Timer("followup"',
        'Timer("folowup"',
        (WIRING,),
    ),
    Mutant(
        "follow-ups stand under another kind",
        f"{CODE}/survey/followups/storage.py",
        'identifier, "followup")',
        'identifier, "folowup")',
        ("tests/functions/survey/test_answering.py::test_late_follow_up_is_noted_once",),
    ),
    Mutant(
        "message asks for a template that nobody has",
        f"{CODE}/intake/messages/storage.py",
        '"reply": "reply"',
        '"reply": "replay"',
        ("tests/functions/escalation/test_stream.py",),
    ),
    Mutant("listener of a fact that there is not", SURVEYS, '"TicketResolved"', '"TicketSolved"', (WIRING,)),
    Mutant(
        "route leads to another module",
        "functions/intake/assembled.py",
        '"/v1/handoffs": {"GET": "tingjian.intake.handoffs.routes"}',
        '"/v1/handoffs": {"GET": "tingjian.intake.types.routes"}',
        (WIRING,),
    ),
    Mutant(
        "stream's filter lets no mail through",
        "template.yaml",
        '{"NewImage": {"deliver": {',
        '{"NewImage": {"delivers": {',
        ("tests/functions/test_events.py::test_filter_of_escalation_lets_through_exactly_what_is_to_be_delivered",),
    ),
)

OF_TIMES_AND_TEXTS = (
    Mutant(
        "a caller's value is looked up",
        f"{CODE}/platform/problems.py",
        "return value.text(language) if isinstance(value, Phrase) else value",
        'return texts.text(str(value).removeprefix("text:"), language) if str(value).startswith("text:") else value',
        ("tests/unit/platform/test_problems.py", "tests/functions/test_hostile_texts.py"),
    ),
    Mutant(
        "waiting does not pause",
        f"{CODE}/sla/clocks.py",
        "return self.pause(now) if category in self.pauses_in else self.resume(hours, now)",
        "return self",
        (CLOCKS, LIFE),
    ),
    Mutant(
        "pauses are not cut out",
        f"{CODE}/sla/calendar.py",
        "            counted -= self._open_time.between(max(begin, first), min(until, last))\n",
        "            pass\n",
        (CALENDAR,),
    ),
    Mutant(
        "holidays are working days",
        f"{CODE}/sla/calendar.py",
        "dict.fromkeys(closed_dates, ()) | special",
        "dict(special)",
        (CALENDAR,),
    ),
    Mutant(
        "make-up days are days off",
        f"{CODE}/sla/calendar.py",
        "dict.fromkeys(closed_dates, ()) | special",
        "special | dict.fromkeys(closed_dates, ())",
        (CALENDAR,),
    ),
    Mutant(
        "step fires again",
        f"{CODE}/sla/clocks.py",
        "for step in self.steps if step.fired_at is None and step.at <= now]",
        "for step in self.steps if step.at <= now]",
        (CLOCKS,),
    ),
    Mutant(
        "timers fire in the order of their keys",
        SWEEP,
        'key=lambda entry: str(entry["due_at"])',
        'key=lambda entry: str(entry["pk"])',
        (SWEEPS,),
    ),
    Mutant(
        "sweep sees the first shard only",
        SWEEP,
        "map(self._due_entries, SHARDS)",
        "map(self._due_entries, SHARDS[:1])",
        (SWEEPS,),
    ),
    Mutant(
        "timer that moved fires all the same",
        SWEEP,
        'return "due_shard" in item and item.get("due_at", "9") <= stamp(self.now)',
        "return True",
        (SWEEPS,),
    ),
    Mutant(
        "all timers stand in one shard",
        f"{CODE}/platform/timers.py",
        "crc32(pk.encode()) % len(SHARDS)",
        "0",
        ("tests/unit/platform/test_timers.py",),
    ),
    Mutant(
        "follow-up that is done stays due",
        f"{CODE}/survey/followups/storage.py",
        'if follow_up.state != "done" and follow_up.overdue_at is None:',
        "if follow_up.overdue_at is None:",
        ("tests/unit/survey/test_rules.py",),
    ),
    Mutant(
        "everybody is answered in Chinese",
        f"{CODE}/platform/texts/__init__.py",
        '            return "en"\n',
        "            return DEFAULT\n",
        ("tests/unit/platform/test_texts.py",),
    ),
)

MUTANTS = OF_RIGHTS + OF_MASKS_AND_HEADERS + OF_RULES + OF_LINKS + OF_KEYS + OF_WIRING + OF_TIMES_AND_TEXTS
