"""The faults. Each names the tests that must notice it, few enough to be run for it alone."""

from typing import NamedTuple

L = "layers/tingjian/tingjian"
MATRIX = "tests/functions/rights/test_matrix.py"
LISTS = "tests/functions/rights/test_lists.py"
FORGETFUL = "tests/functions/rights/test_mutations.py"
WIRING = "tests/unit/test_wiring.py"
IDEMPOTENCY = "tests/functions/intake/test_idempotency.py"
TICKET = "tests/unit/intake/test_ticket.py"


class Mutant(NamedTuple):
    """A fault: what it is called, where, which text becomes which, and what must fail then."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def matrix(*paths: str) -> tuple[str, ...]:
    """The matrix's tests of some operations."""
    return (MATRIX, "-k", " or ".join(paths))


MUTANTS = (
    # Rights
    Mutant(
        "foreign rows in a queue",
        f"{L}/intake/tickets/lists.py",
        "caller.covered(READ_TICKETS, rows, lambda row: (row.team, row.assignee))",
        "list(rows)",
        (LISTS, "-k", "tickets and agent and shows"),
    ),
    Mutant(
        "history open to all teams",
        f"{L}/intake/ticket_views/routes.py",
        "    call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)\n    return ticket_history",
        "    call.caller.require_some(READ_TICKETS)\n    return ticket_history",
        matrix("history"),
    ),
    Mutant(
        "messages open to all teams",
        f"{L}/intake/conversations/routes.py",
        "call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)",
        "call.caller.require_some(READ_TICKETS)",
        matrix("messages"),
    ),
    Mutant(
        "a change of a ticket asks nobody",
        f"{L}/intake/tickets/changes.py",
        "        request.caller.require(request.right, team=ticket.team, owner=ticket.assignee)\n",
        "        request.caller.scope(request.right)\n",
        matrix("notes", "claim"),
    ),
    Mutant(
        "a department answers for another",
        f"{L}/intake/handoffs/actions.py",
        "request.caller.require(ANSWER_HANDOFFS, team=handoff.department)",
        "request.caller.require_some(ANSWER_HANDOFFS)",
        matrix("accept"),
    ),
    Mutant(
        "a survey of any team is shown",
        f"{L}/survey/surveys/routes.py",
        "call.caller.require(READ_SURVEYS, team=found.team)",
        "call.caller.require_some(READ_SURVEYS)",
        matrix("surveys"),
    ),
    Mutant(
        "a follow-up of any team is taken on",
        f"{L}/survey/followups/actions.py",
        "caller.require(RIGHT, team=before.team, owner=before.owner)",
        "caller.require_some(RIGHT)",
        matrix("claim"),
    ),
    Mutant(
        "an alert of any team is acknowledged",
        f"{L}/escalation/alerts/actions.py",
        'caller.require(RIGHT, team=alert.team, owner=caller.id if caller.id in alert.told else alert.owner or "")',
        "caller.require_some(RIGHT)",
        matrix("acknowledge"),
    ),
    Mutant(
        "a deadline of any ticket is explained",
        f"{L}/escalation/deadlines/actions.py",
        "caller.require(READ_TICKETS, team=ticket.team, owner=ticket.assignee)",
        "caller.require_some(READ_TICKETS)",
        matrix("deadlines"),
    ),
    Mutant(
        "agents read surveys",
        f"{L}/survey/questionnaires/rights.py",
        '{"lead": TEAM',
        '{"agent": TEAM, "lead": TEAM',
        (MATRIX, "-k", "features_grant"),
    ),
    Mutant(
        "nobody notices that nobody asked",
        f"{L}/platform/rights.py",
        "            raise RightNotAskedError(self.right.name)",
        "            self.excused = True",
        (FORGETFUL, "-k", "forgets"),
    ),
    Mutant(
        "whoever left may sign in",
        f"{L}/people/staff/storage.py",
        "if person.active and subject == person.subject), None)",
        "if subject == person.subject), None)",
        (MATRIX, "-k", "teams"),
    ),
    Mutant(
        "a role is enough for every team",
        f"{L}/platform/rights.py",
        "        if team not in self.teams:\n            return False\n",
        "",
        matrix("notes"),
    ),
    # Masking and headers
    Mutant(
        "a masked phone shows six digits",
        f"{L}/platform/masking.py",
        "PHONE_TAIL = 4",
        "PHONE_TAIL = 6",
        ("tests/unit/platform/test_masking.py",),
    ),
    Mutant(
        "nosniff is gone",
        f"{L}/platform/http/language.py",
        ', "X-Content-Type-Options": "nosniff"',
        "",
        ("tests/functions/test_answers.py",),
    ),
    Mutant(
        "answers may be cached",
        f"{L}/platform/http/language.py",
        '"Cache-Control": "no-store", ',
        "",
        ("tests/functions/test_answers.py",),
    ),
    # Rules
    Mutant(
        "reopened after 300 days",
        f"{L}/intake/tickets/models.py",
        "REOPEN_WINDOW = timedelta(days=30)",
        "REOPEN_WINDOW = timedelta(days=300)",
        (TICKET, "tests/functions/intake/test_following.py"),
    ),
    Mutant(
        "closed in spite of blockers",
        f"{L}/intake/tickets/moves.py",
        "    if ticket.blockers:\n",
        "    if False:\n",
        (TICKET,),
    ),
    Mutant(
        "a note counts as a message of the customer",
        f"{L}/intake/conversations/actions.py",
        'if kind == "note":',
        "if False:",
        ("tests/functions/intake/test_tickets.py", TICKET),
    ),
    Mutant(
        "links never expire",
        f"{L}/platform/signing.py",
        "if epoch(now) >= int(parts[3]):",
        "if False:",
        ("tests/unit/platform/test_signing.py",),
    ),
    Mutant(
        "a signature is not compared",
        f"{L}/platform/signing.py",
        'if not canonical or not hmac.compare_digest(signed, self._sign("link", payload)):',
        "if not canonical:",
        ("tests/unit/platform/test_signing.py",),
    ),
    Mutant(
        "wrong tries lock nobody out",
        f"{L}/intake/tickets/follow_links.py",
        "TRIES = 5",
        "TRIES = 500",
        ("tests/functions/intake/test_following.py",),
    ),
    Mutant(
        "a used key passes for another request",
        f"{L}/platform/idempotency.py",
        "if mark != self.mark:",
        "if False:",
        (IDEMPOTENCY, "-k", "another or mismatch or differ"),
    ),
    Mutant(
        "a caller's value is looked up",
        f"{L}/platform/problems.py",
        "return value.text(language) if isinstance(value, Phrase) else value",
        'return texts.text(str(value).removeprefix("text:"), language) if str(value).startswith("text:") else value',
        ("tests/unit/platform/test_problems.py", "tests/functions/test_hostile_texts.py"),
    ),
    # Wiring
    Mutant(
        "a timer's function is misspelt",
        "functions/escalation/assembled.py",
        "actions:mark_overdue",
        "actions:mark_overdu",
        (WIRING,),
    ),
    Mutant(
        "a timer's kind is misspelt",
        "functions/escalation/assembled.py",
        '"followup": "tingjian',
        '"follow_up": "tingjian',
        ("tests/functions/survey", "-k", "overdue or late", "tests/functions/escalation/test_sweep.py"),
    ),
    Mutant(
        "a listener's function is misspelt",
        "functions/survey/assembled.py",
        "listeners:issue",
        "listeners:isue",
        (WIRING,),
    ),
    Mutant(
        "a mail's template is misspelt",
        "functions/escalation/assembled.py",
        '"opened": "tingjian',
        '"opend": "tingjian',
        ("tests/functions/test_events.py",),
    ),
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
        '{"S": ["TicketResolved"]}',
        '{"S": ["TicketResolvd"]}',
        ("tests/functions/test_events.py",),
    ),
)
