"""Tables of the wing's doors. `python -m infra.assemble` writes this file."""

ROUTES: dict[str, dict[str, str]] = {
    "/v1/alerts": {"GET": "tingjian.escalation.alerts.routes"},
    "/v1/alerts/{alert}/acknowledge": {"POST": "tingjian.escalation.alerts.routes"},
    "/v1/calendars": {"GET": "tingjian.sla.calendars.routes"},
    "/v1/calendars/{calendar}": {"GET": "tingjian.sla.calendars.routes", "PUT": "tingjian.sla.calendars.routes"},
    "/v1/calendars/{calendar}/apply": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/calendars/{calendar}/china-holidays": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/calendars/{calendar}/dates/{date}": {
        "PUT": "tingjian.escalation.policies.routes",
        "DELETE": "tingjian.escalation.policies.routes",
    },
    "/v1/calendars/{calendar}/deadline": {"POST": "tingjian.escalation.deadlines.routes"},
    "/v1/calendars/{calendar}/explain": {"POST": "tingjian.escalation.deadlines.routes"},
    "/v1/calendars/{calendar}/preview": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/calendars/{calendar}/versions": {"GET": "tingjian.sla.calendars.routes"},
    "/v1/deadlines/replans/{replan}": {"GET": "tingjian.escalation.replans.routes"},
    "/v1/deadlines/{ticket}": {"GET": "tingjian.escalation.deadlines.routes"},
    "/v1/ladders": {"GET": "tingjian.escalation.ladders.routes"},
    "/v1/ladders/{ladder}": {"GET": "tingjian.escalation.ladders.routes", "PUT": "tingjian.escalation.ladders.routes"},
    "/v1/notices": {"GET": "tingjian.notifications.notices.routes"},
    "/v1/notices/preferences": {
        "GET": "tingjian.notifications.notices.routes",
        "PUT": "tingjian.notifications.notices.routes",
    },
    "/v1/notices/read-all": {"POST": "tingjian.notifications.notices.routes"},
    "/v1/notices/{notice}/read": {"POST": "tingjian.notifications.notices.routes"},
    "/v1/sla-policies": {"GET": "tingjian.sla.policies.routes"},
    "/v1/sla-policies/preview": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/sla-policies/{policy}": {"PUT": "tingjian.escalation.policies.routes", "GET": "tingjian.sla.policies.routes"},
    "/v1/sla-policies/{policy}/apply": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/sla-policies/{policy}/versions": {"GET": "tingjian.sla.policies.routes"},
    "/v1/webhooks": {"GET": "tingjian.notifications.webhooks.routes", "POST": "tingjian.notifications.webhooks.routes"},
    "/v1/webhooks/dead-letters": {"GET": "tingjian.notifications.deliveries.routes"},
    "/v1/webhooks/dead-letters/{delivery}/replay": {"POST": "tingjian.notifications.deliveries.routes"},
    "/v1/webhooks/{webhook}": {
        "GET": "tingjian.notifications.webhooks.routes",
        "PUT": "tingjian.notifications.webhooks.routes",
        "DELETE": "tingjian.notifications.webhooks.routes",
    },
    "/v1/webhooks/{webhook}/rotate-secret": {"POST": "tingjian.notifications.webhooks.routes"},
    "/v1/webhooks/{webhook}/test": {"POST": "tingjian.notifications.webhooks.routes"},
}

TIMERS = {
    "ticket": "tingjian.escalation.alerts.timers:fire_ticket",
    "alert": "tingjian.escalation.alerts.timers:fire_alert",
    "handoff": "tingjian.escalation.alerts.handoffs:fire_handoff",
    "delivery": "tingjian.notifications.deliveries.actions:fire_delivery",
    "survey": "tingjian.survey.surveys.actions:expire_survey",
    "followup": "tingjian.survey.followups.actions:mark_overdue",
    "replan": "tingjian.escalation.replans.actions:fire_replan",
}

MAILS = {
    "reply": "tingjian.intake.conversations.mails:reply_mail",
    "opened": "tingjian.intake.conversations.mails:opened_mail",
    "notice": "tingjian.notifications.notices.mails:notice_mail",
    "webhook": "tingjian.notifications.webhooks.calls:webhook_call",
    "survey": "tingjian.survey.surveys.mails:invitation",
}
