"""The right that each operation needs, written down a second time; `-` are those that need none."""

TABLE = """
-
    GET /v1/docs
    GET /v1/health
    POST /v1/public/attachments
    POST /v1/public/challenges
    GET /v1/public/consents/{token}
    POST /v1/public/consents/{token}
    GET /v1/public/surveys/{token}
    GET /v1/public/surveys/{token}/page
    GET /v1/public/tickets/{token}/survey
    POST /v1/public/surveys/{token}/answer
    POST /v1/public/surveys/{token}/dismiss
    POST /v1/public/surveys/{token}/page
    GET /v1/public/ticket-types
    POST /v1/public/tickets
    POST /v1/public/tickets/codes
    POST /v1/public/tickets/codes/redeem
    POST /v1/public/tickets/lookup
    GET /v1/public/tickets/{token}
    POST /v1/public/tickets/{token}/confirm
    POST /v1/public/tickets/{token}/messages
    GET /v1/public/tickets/{token}/messages
    GET /v1/public/tickets/{token}/messages/{message}/attachments/{attachment}
    POST /v1/public/tickets/{token}/reopen
alerts.read
    GET /v1/alerts
    POST /v1/alerts/{alert}/acknowledge
callback-plans.edit
    GET /v1/callback-plans/{plan}/exports/{export}
    GET /v1/callback-plans/{plan}/exports/{export}/file
    GET /v1/callback-plans/{plan}/lists
    GET /v1/callback-plans/{plan}/lists/{call_list}
    GET /v1/callback-plans/{plan}/lists/{call_list}/rejects
    POST /v1/callback-plans
    POST /v1/callback-plans/{plan}/exports
    POST /v1/callback-plans/{plan}/hand-over
    POST /v1/callback-plans/{plan}/lists
    POST /v1/callback-plans/{plan}/lists/{call_list}/start
    POST /v1/callback-plans/{plan}/pause
    POST /v1/callback-plans/{plan}/resume
    POST /v1/callback-plans/{plan}/start
    POST /v1/callback-plans/{plan}/stop
    PUT /v1/callback-plans/{plan}
callback-plans.read
    GET /v1/callback-plans
    GET /v1/callback-plans/{plan}
    GET /v1/callback-plans/{plan}/callbacks
callbacks.share
    POST /v1/callbacks/{callback}/assign
callbacks.work
    GET /v1/callbacks
    GET /v1/callbacks/forms
    GET /v1/callbacks/{callback}
    POST /v1/callbacks/{callback}/calls
    POST /v1/callbacks/{callback}/claim
customers.edit
    POST /v1/customers
    GET /v1/customers/{customer}/lost-contacts
    PATCH /v1/customers/{customer}
    PUT /v1/customers/{customer}/consents
    PUT /v1/customers/{customer}/lost-contacts/{lost}
customers.read
    POST /v1/customers/search
    GET /v1/customers/{customer}
    GET /v1/customers/{customer}/consents
customers.reveal
    POST /v1/customers/{customer}/reveal
followups.work
    GET /v1/follow-ups
    GET /v1/follow-ups/{follow_up}
    POST /v1/follow-ups/{follow_up}/claim
    POST /v1/follow-ups/{follow_up}/complete
handoff-forms.edit
    PUT /v1/handoff-forms/{department}
handoff-forms.read
    GET /v1/handoff-forms
handoffs.answer
    POST /v1/handoffs/attachments
    POST /v1/tickets/{ticket}/handoffs/{number}/accept
    POST /v1/tickets/{ticket}/handoffs/{number}/complete
    POST /v1/tickets/{ticket}/handoffs/{number}/decline
handoffs.read
    GET /v1/handoffs
    GET /v1/handoffs/{ticket}/{number}
    GET /v1/handoffs/{ticket}/{number}/attachments/{attachment}
handoffs.verify
    POST /v1/tickets/{ticket}/handoffs/{number}/return
    POST /v1/tickets/{ticket}/handoffs/{number}/verify
imports.run
    GET /v1/imports
    POST /v1/imports
    GET /v1/imports/{import_id}
    POST /v1/imports/{import_id}/cancel
    GET /v1/imports/{import_id}/rejects
    POST /v1/imports/{import_id}/check
    POST /v1/imports/{import_id}/start
    POST /v1/imports/{import_id}/undo
    GET /v1/import-sources
notices.read
    GET /v1/notices
    GET /v1/notices/preferences
    PUT /v1/notices/preferences
    POST /v1/notices/read-all
    POST /v1/notices/{notice}/read
policies.edit
    PUT /v1/calendars/{calendar}
    POST /v1/calendars/{calendar}/apply
    POST /v1/calendars/{calendar}/china-holidays
    DELETE /v1/calendars/{calendar}
    DELETE /v1/ladders/{ladder}
    DELETE /v1/sla-policies/{policy}
    DELETE /v1/calendars/{calendar}/dates/{date}
    PUT /v1/calendars/{calendar}/dates/{date}
    POST /v1/calendars/{calendar}/preview
    PUT /v1/ladders/{ladder}
    POST /v1/sla-policies/preview
    PUT /v1/sla-policies/{policy}
    POST /v1/sla-policies/{policy}/apply
policies.read
    GET /v1/calendars
    GET /v1/calendars/{calendar}
    POST /v1/calendars/{calendar}/deadline
    POST /v1/calendars/{calendar}/explain
    GET /v1/calendars/{calendar}/versions
    GET /v1/deadlines/replans/{replan}
    GET /v1/ladders
    GET /v1/ladders/{ladder}
    GET /v1/sla-policies
    GET /v1/sla-policies/{policy}
    GET /v1/sla-policies/{policy}/versions
reports.make
    POST /v1/reports
reports.read
    GET /v1/reports
    GET /v1/reports/runs
    GET /v1/reports/{report}
    GET /v1/reports/{report}/file
reveals.list
    GET /v1/reveals
staff.edit
    POST /v1/staff/{person}/retire
    GET /v1/staff/{person}/uses
    POST /v1/teams/{team}/retire
    GET /v1/teams/{team}/uses
    PUT /v1/staff/{person}
    PUT /v1/teams/{team}
staff.read
    GET /v1/me
    GET /v1/staff
    GET /v1/teams
surveys.read
    GET /v1/surveys
    GET /v1/surveys/counts
    GET /v1/surveys/questionnaires
    GET /v1/surveys/{survey}
tickets.assign
    POST /v1/tickets/{ticket}/assign
tickets.open
    POST /v1/attachments
    POST /v1/tickets
tickets.read
    GET /v1/tickets/{ticket}/handoffs/{number}/attachments/{attachment}
    GET /v1/deadlines/{ticket}
    GET /v1/tickets
    GET /v1/tickets/{ticket}
    GET /v1/tickets/{ticket}/history
    GET /v1/tickets/{ticket}/messages
    GET /v1/tickets/{ticket}/messages/{message}/attachments/{attachment}
tickets.work
    PATCH /v1/tickets/{ticket}
    POST /v1/tickets/{ticket}/claim
    POST /v1/tickets/{ticket}/close
    POST /v1/tickets/{ticket}/follow-link
    POST /v1/tickets/{ticket}/handoffs
    POST /v1/tickets/{ticket}/handoffs/{number}/reroute
    POST /v1/tickets/{ticket}/handoffs/{number}/withdraw
    POST /v1/tickets/{ticket}/links
    DELETE /v1/tickets/{ticket}/links/{other}
    POST /v1/tickets/{ticket}/escalate
    POST /v1/tickets/{ticket}/no-answer
    POST /v1/tickets/{ticket}/release
    POST /v1/tickets/{ticket}/transfer
    POST /v1/tickets/{ticket}/notes
    POST /v1/tickets/{ticket}/reopen
    POST /v1/tickets/{ticket}/replies
    POST /v1/tickets/{ticket}/resolve
    POST /v1/tickets/{ticket}/resume
    POST /v1/tickets/{ticket}/wait
types.edit
    PUT /v1/surveys/questionnaires/{type}
    PUT /v1/ticket-types/{key}
    POST /v1/ticket-types/{key}/retire
    GET /v1/ticket-types/{key}/uses
types.read
    GET /v1/ticket-types
    GET /v1/ticket-types/{key}
webhooks.edit
    GET /v1/webhooks
    POST /v1/webhooks
    GET /v1/webhooks/dead-letters
    POST /v1/webhooks/dead-letters/{delivery}/replay
    DELETE /v1/webhooks/{webhook}
    GET /v1/webhooks/{webhook}
    PUT /v1/webhooks/{webhook}
    POST /v1/webhooks/{webhook}/rotate-secret
    POST /v1/webhooks/{webhook}/test
"""


def read_table() -> dict[str, str | None]:
    """The right of each operation."""
    needs: dict[str, str | None] = {}
    right = ""
    for line in TABLE.strip().splitlines():
        if line.startswith(" "):
            needs[line.strip()] = None if right == "-" else right
        else:
            right = line
    return needs


NEEDS = read_table()
