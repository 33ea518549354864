"""What the doors of escalation import late. Written by `python -m infra.assemble`; do not edit."""

from tingjian.platform.lanes import Lane

ROUTES: dict[str, dict[str, str]] = {
    "/v1/alerts": {"GET": "tingjian.escalation.alerts.routes"},
    "/v1/alerts/{alert}/acknowledge": {"POST": "tingjian.escalation.alerts.routes"},
    "/v1/calendars": {"GET": "tingjian.sla.calendars.routes"},
    "/v1/calendars/{calendar}": {
        "DELETE": "tingjian.escalation.policies.routes",
        "GET": "tingjian.sla.calendars.routes",
        "PUT": "tingjian.sla.calendars.routes",
    },
    "/v1/calendars/{calendar}/apply": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/calendars/{calendar}/china-holidays": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/calendars/{calendar}/dates/{date}": {
        "DELETE": "tingjian.escalation.policies.routes",
        "PUT": "tingjian.escalation.policies.routes",
    },
    "/v1/calendars/{calendar}/deadline": {"POST": "tingjian.escalation.deadlines.routes"},
    "/v1/calendars/{calendar}/explain": {"POST": "tingjian.escalation.deadlines.routes"},
    "/v1/calendars/{calendar}/preview": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/calendars/{calendar}/versions": {"GET": "tingjian.sla.calendars.routes"},
    "/v1/deadlines/replans/{replan}": {"GET": "tingjian.escalation.replans.routes"},
    "/v1/deadlines/{ticket}": {"GET": "tingjian.escalation.deadlines.routes"},
    "/v1/ladders": {"GET": "tingjian.escalation.ladders.routes"},
    "/v1/ladders/{ladder}": {
        "DELETE": "tingjian.escalation.ladders.routes",
        "GET": "tingjian.escalation.ladders.routes",
        "PUT": "tingjian.escalation.ladders.routes",
    },
    "/v1/notices": {"GET": "tingjian.notifications.notices.routes"},
    "/v1/notices/preferences": {
        "GET": "tingjian.notifications.notices.routes",
        "PUT": "tingjian.notifications.notices.routes",
    },
    "/v1/notices/read-all": {"POST": "tingjian.notifications.notices.routes"},
    "/v1/notices/{notice}/read": {"POST": "tingjian.notifications.notices.routes"},
    "/v1/sla-policies": {"GET": "tingjian.sla.policies.routes"},
    "/v1/sla-policies/preview": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/sla-policies/{policy}": {
        "DELETE": "tingjian.escalation.policies.routes",
        "GET": "tingjian.sla.policies.routes",
        "PUT": "tingjian.escalation.policies.routes",
    },
    "/v1/sla-policies/{policy}/apply": {"POST": "tingjian.escalation.policies.routes"},
    "/v1/sla-policies/{policy}/versions": {"GET": "tingjian.sla.policies.routes"},
    "/v1/staff/{person}/retire": {"POST": "tingjian.escalation.retirements.routes"},
    "/v1/staff/{person}/uses": {"GET": "tingjian.escalation.retirements.routes"},
    "/v1/teams/{team}/retire": {"POST": "tingjian.escalation.retirements.routes"},
    "/v1/teams/{team}/uses": {"GET": "tingjian.escalation.retirements.routes"},
    "/v1/ticket-types/{key}/retire": {"POST": "tingjian.escalation.retirements.routes"},
    "/v1/ticket-types/{key}/uses": {"GET": "tingjian.escalation.retirements.routes"},
    "/v1/webhooks": {"GET": "tingjian.notifications.webhooks.routes", "POST": "tingjian.notifications.webhooks.routes"},
    "/v1/webhooks/dead-letters": {"GET": "tingjian.notifications.deliveries.routes"},
    "/v1/webhooks/dead-letters/{delivery}/replay": {"POST": "tingjian.notifications.deliveries.routes"},
    "/v1/webhooks/{webhook}": {
        "DELETE": "tingjian.notifications.webhooks.routes",
        "GET": "tingjian.notifications.webhooks.routes",
        "PUT": "tingjian.notifications.webhooks.routes",
    },
    "/v1/webhooks/{webhook}/rotate-secret": {"POST": "tingjian.notifications.webhooks.routes"},
    "/v1/webhooks/{webhook}/test": {"POST": "tingjian.notifications.webhooks.routes"},
}
"""The modules of routes, by path and method."""

TIMERS: dict[str, str] = {
    "alert": "tingjian.escalation.alerts.timers:fire_alert",
    "callback": "tingjian.survey.callbacks.actions:mark_overdue",
    "callback-cycle": "tingjian.survey.callback_plans.turns:fire_turn",
    "callback-plan": "tingjian.survey.callback_plans.timers:fire_plan",
    "delivery": "tingjian.notifications.deliveries.actions:fire_delivery",
    "followup": "tingjian.survey.followups.actions:mark_overdue",
    "handoff": "tingjian.escalation.alerts.handoffs:fire_handoff",
    "replan": "tingjian.escalation.replans.actions:fire_replan",
    "retirement": "tingjian.escalation.retirements.moving:fire_retirement",
    "survey": "tingjian.survey.surveys.sendings:fire_survey",
    "ticket": "tingjian.escalation.alerts.timers:fire_ticket",
}
"""What the sweep calls, by kind of timer."""

MAILS: dict[str, str] = {
    "code": "tingjian.intake.lookups.mails:code_mail",
    "contact_lost": "tingjian.intake.customers.mails:contact_lost_mail",
    "digest": "tingjian.notifications.notices.mails:digest_mail",
    "notice": "tingjian.notifications.notices.digests:bundled_notice",
    "opened": "tingjian.intake.conversations.mails:opened_mail",
    "reply": "tingjian.intake.conversations.mails:reply_mail",
    "survey": "tingjian.survey.surveys.mails:invitation",
    "webhook": "tingjian.notifications.webhooks.calls:webhook_call",
}
"""Who writes a message, by its template."""

LANES: dict[str, Lane] = {
    "code": "customers",
    "contact_lost": "customers",
    "digest": "notices",
    "notice": "notices",
    "opened": "customers",
    "reply": "customers",
    "survey": "customers",
    "webhook": "webhooks",
}
"""By which lane a message goes out."""
