"""What the doors of survey import late. Written by `python -m infra.assemble`; do not edit."""

ROUTES: dict[str, dict[str, str]] = {
    "/v1/callback-plans": {
        "GET": "tingjian.survey.callback_plans.routes",
        "POST": "tingjian.survey.callback_plans.routes",
    },
    "/v1/callback-plans/{plan}": {
        "GET": "tingjian.survey.callback_plans.routes",
        "PUT": "tingjian.survey.callback_plans.routes",
    },
    "/v1/callback-plans/{plan}/lists": {
        "GET": "tingjian.survey.callback_plans.routes",
        "POST": "tingjian.survey.callback_plans.routes",
    },
    "/v1/callback-plans/{plan}/lists/{call_list}": {"GET": "tingjian.survey.callback_plans.routes"},
    "/v1/callback-plans/{plan}/lists/{call_list}/rejects": {"GET": "tingjian.survey.callback_plans.routes"},
    "/v1/callback-plans/{plan}/lists/{call_list}/start": {"POST": "tingjian.survey.callback_plans.routes"},
    "/v1/callback-plans/{plan}/pause": {"POST": "tingjian.survey.callback_plans.routes"},
    "/v1/callback-plans/{plan}/resume": {"POST": "tingjian.survey.callback_plans.routes"},
    "/v1/callback-plans/{plan}/start": {"POST": "tingjian.survey.callback_plans.routes"},
    "/v1/callback-plans/{plan}/stop": {"POST": "tingjian.survey.callback_plans.routes"},
    "/v1/callbacks": {"GET": "tingjian.survey.callbacks.routes"},
    "/v1/callbacks/forms": {"GET": "tingjian.survey.callbacks.routes"},
    "/v1/callbacks/{callback}": {"GET": "tingjian.survey.callbacks.routes"},
    "/v1/callbacks/{callback}/assign": {"POST": "tingjian.survey.callbacks.routes"},
    "/v1/callbacks/{callback}/calls": {"POST": "tingjian.survey.callbacks.routes"},
    "/v1/callbacks/{callback}/claim": {"POST": "tingjian.survey.callbacks.routes"},
    "/v1/follow-ups": {"GET": "tingjian.survey.followups.routes"},
    "/v1/follow-ups/{follow_up}": {"GET": "tingjian.survey.followups.routes"},
    "/v1/follow-ups/{follow_up}/claim": {"POST": "tingjian.survey.followups.routes"},
    "/v1/follow-ups/{follow_up}/complete": {"POST": "tingjian.survey.followups.routes"},
    "/v1/public/surveys/{token}": {"GET": "tingjian.survey.surveys.routes"},
    "/v1/public/surveys/{token}/answer": {"POST": "tingjian.survey.surveys.routes"},
    "/v1/public/surveys/{token}/dismiss": {"POST": "tingjian.survey.surveys.routes"},
    "/v1/public/surveys/{token}/page": {
        "GET": "tingjian.survey.surveys.routes",
        "POST": "tingjian.survey.surveys.routes",
    },
    "/v1/public/tickets/{token}/survey": {"GET": "tingjian.survey.surveys.routes"},
    "/v1/surveys": {"GET": "tingjian.survey.surveys.routes"},
    "/v1/surveys/counts": {"GET": "tingjian.survey.surveys.routes"},
    "/v1/surveys/questionnaires": {"GET": "tingjian.survey.questionnaires.routes"},
    "/v1/surveys/questionnaires/{type}": {"PUT": "tingjian.survey.questionnaires.routes"},
    "/v1/surveys/{survey}": {"GET": "tingjian.survey.surveys.routes"},
}
"""The modules of routes, by path and method."""

LISTENERS: dict[str, tuple[str, ...]] = {
    "CloseHeld": ("tingjian.escalation.audiences.listeners:tell",),
    "CustomerChanged": ("tingjian.escalation.replans.actions:hear_level",),
    "CustomerWrote": ("tingjian.intake.conversations.listeners:tell_of_message",),
    "HandoffAccepted": ("tingjian.escalation.audiences.listeners:tell",),
    "HandoffAsked": ("tingjian.escalation.audiences.listeners:tell",),
    "HandoffDeclined": ("tingjian.escalation.audiences.listeners:tell",),
    "HandoffDone": ("tingjian.escalation.audiences.listeners:tell",),
    "HandoffWithdrawn": ("tingjian.escalation.audiences.listeners:tell",),
    "MessageAdded": ("tingjian.intake.conversations.listeners:tell_of_message",),
    "MessageFailed": (
        "tingjian.escalation.audiences.listeners:tell",
        "tingjian.intake.conversations.answers:hear_failed",
    ),
    "MessageReached": ("tingjian.intake.conversations.answers:hear_reached",),
    "StaffChanged": ("tingjian.survey.callbacks.leaving:give_on", "tingjian.survey.followups.leaving:give_on"),
    "SurveyAnswered": ("tingjian.survey.callbacks.complaints:settle_answered",),
    "TicketAssigned": ("tingjian.escalation.audiences.listeners:tell",),
    "TicketClosed": ("tingjian.survey.callbacks.complaints:settle_closed",),
    "TicketConfirmed": ("tingjian.survey.callbacks.complaints:settle_confirmed",),
    "TicketEscalated": ("tingjian.escalation.audiences.listeners:tell",),
    "TicketReopened": (
        "tingjian.escalation.audiences.listeners:tell",
        "tingjian.survey.callbacks.complaints:settle_reopened",
        "tingjian.survey.surveys.listeners:withdraw",
    ),
    "TicketResolved": ("tingjian.survey.callbacks.complaints:owe_callback", "tingjian.survey.surveys.listeners:issue"),
    "TicketResumed": ("tingjian.intake.conversations.listeners:tell_of_message",),
    "TicketTransferred": ("tingjian.escalation.audiences.listeners:tell",),
}
"""Who hears a fact, by its name."""

IMPORTED: frozenset[str] = frozenset()
"""Those who also hear of history that was imported."""
