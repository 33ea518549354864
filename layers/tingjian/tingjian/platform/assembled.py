"""What the platform must know of the features above it. Written by `python -m infra.assemble`; do not edit."""

from typing import Literal, get_args

RIGHTS: dict[str, dict[str, int]] = {
    "alerts.read": {"agent": 1, "lead": 2, "manager": 3, "director": 3, "admin": 3},
    "callback-plans.edit": {"lead": 2, "manager": 3, "director": 3, "admin": 3},
    "callback-plans.read": {"agent": 1, "lead": 2, "manager": 3, "director": 3, "quality": 3, "admin": 3},
    "callbacks.share": {"lead": 2, "manager": 3, "director": 3, "admin": 3},
    "callbacks.work": {"agent": 1, "lead": 2, "manager": 3, "director": 3, "admin": 3},
    "customers.edit": {"agent": 2, "lead": 2, "manager": 3, "director": 3, "admin": 3},
    "customers.read": {"agent": 3, "lead": 3, "manager": 3, "director": 3, "quality": 3, "admin": 3},
    "customers.reveal": {"agent": 2, "lead": 2, "manager": 3, "director": 3},
    "followups.work": {"agent": 1, "lead": 2, "manager": 3, "director": 3, "admin": 3},
    "handoff-forms.edit": {"manager": 3, "director": 3, "admin": 3},
    "handoff-forms.read": {
        "agent": 3,
        "lead": 3,
        "manager": 3,
        "director": 3,
        "quality": 3,
        "department": 3,
        "admin": 3,
    },
    "handoffs.answer": {"manager": 3, "director": 3, "department": 2, "admin": 3},
    "handoffs.read": {"agent": 2, "lead": 2, "manager": 3, "director": 3, "department": 2, "admin": 3},
    "handoffs.verify": {"lead": 2, "manager": 3, "director": 3, "admin": 3},
    "imports.run": {"manager": 3, "admin": 3},
    "notices.read": {"agent": 1, "lead": 1, "manager": 1, "director": 1, "quality": 1, "department": 1, "admin": 1},
    "policies.edit": {"manager": 3, "director": 3, "admin": 3},
    "policies.read": {"agent": 3, "lead": 3, "manager": 3, "director": 3, "quality": 3, "department": 3, "admin": 3},
    "reports.make": {"lead": 3, "manager": 3, "director": 3, "quality": 3, "admin": 3},
    "reports.read": {"lead": 3, "manager": 3, "director": 3, "quality": 3, "admin": 3},
    "reveals.list": {"lead": 2, "manager": 3, "director": 3, "quality": 3},
    "staff.edit": {"manager": 3, "director": 3, "admin": 3},
    "staff.read": {"agent": 3, "lead": 3, "manager": 3, "director": 3, "quality": 3, "department": 3, "admin": 3},
    "surveys.read": {"agent": 1, "lead": 2, "manager": 3, "director": 3, "quality": 3, "admin": 3},
    "tickets.assign": {"lead": 2, "manager": 3, "director": 3, "admin": 3},
    "tickets.open": {"agent": 3, "lead": 3, "manager": 3, "director": 3, "admin": 3},
    "tickets.read": {"agent": 2, "lead": 2, "manager": 3, "director": 3, "quality": 3, "admin": 3},
    "tickets.work": {"agent": 2, "lead": 2, "manager": 3, "director": 3, "admin": 3},
    "types.edit": {"manager": 3, "director": 3, "admin": 3},
    "types.read": {"agent": 3, "lead": 3, "manager": 3, "director": 3, "quality": 3, "department": 3, "admin": 3},
    "webhooks.edit": {"director": 3, "admin": 3},
}
"""Rights: role and scope."""

WebhookType = Literal[
    "alert.acknowledged",
    "alert.raised",
    "handoff.overdue",
]
"""The public facts, by the name that webhooks give them."""
WEBHOOK_TYPES: tuple[str, ...] = get_args(WebhookType)

NoticeKind = Literal[
    "alert_unanswered",
    "callback_plan_deserted",
    "callback_unsatisfied",
    "clock_breached",
    "clock_overrun",
    "clock_warned",
    "close_held",
    "customer_wrote",
    "followup_opened",
    "followup_overdue",
    "handoff_accepted",
    "handoff_asked",
    "handoff_declined",
    "handoff_done",
    "handoff_overdue",
    "handoff_overrun",
    "handoff_warned",
    "handoff_withdrawn",
    "message_failed",
    "ticket_assigned",
    "ticket_escalated",
    "ticket_reopened",
    "ticket_taken",
    "ticket_transferred",
    "ticket_woken",
    "wait_unanswered",
    "webhook_failing",
    "webhook_gone",
]
"""The kinds of notice."""
NOTICE_KINDS: tuple[str, ...] = get_args(NoticeKind)
