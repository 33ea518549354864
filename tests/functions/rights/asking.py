"""How each operation is asked, and what somebody who may gets. A route without an entry fails the matrix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.functions.rights.centre import CALENDAR, IMPORT, LADDER, REPORT
from tests.functions.rights.scopes import Place, scope_of
from tingjian.platform.rights import Caller

Step = tuple[str, str, object]
"""Method, path and body of what is done first, at the door of intake by a manager."""


@dataclass(frozen=True)
class Ask:
    """`about` names the kind of thing, `done` is the status for whoever may, `refused` that for whoever may not.

    `otherwise` says for which things somebody who may gets another status, one that nobody else can get.
    """

    about: str
    done: int = 200
    body: object = None
    query: str = ""
    before: tuple[Step, ...] = ()
    if_match: str = ""
    refused: int = 403
    otherwise: Callable[[Caller | None, Place | None], int | None] = lambda _caller, _place: None

    def fill(self, parts: Mapping[str, str]) -> tuple[str, Any]:
        """The query string and the body for a thing with these parts."""
        return self.query.format_map(parts), filled(self.body, parts)


def filled(value: Any, parts: Mapping[str, str]) -> Any:
    """The value with each text that is a name in braces replaced by that part."""
    if isinstance(value, dict):
        return {name: filled(part, parts) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, parts) for part in value]
    if isinstance(value, str) and value.startswith("{"):
        return value.format_map(parts)
    return value


def somebody_else_has_it(caller: Caller | None, place: Place | None) -> int | None:
    """Who takes what somebody has is told so."""
    return 409 if place and place.owner and caller and place.owner != caller.id else None


def nobody_is_above_a_director(caller: Caller | None, place: Place | None) -> int | None:
    """What a director has, or asks for, goes no further up."""
    return 409 if (caller and "director" in caller.roles) or (place and place.owner == "gao") else None


def it_is_there_already(_caller: Caller | None, place: Place | None) -> int | None:
    """A ticket of presales cannot be transferred there."""
    return 422 if place and place.team == "presales" else None


def it_is_not_theirs_to_put_back(caller: Caller | None, place: Place | None) -> int | None:
    """Who may not assign puts back only what is their own."""
    own = place and caller and place.owner == caller.id
    return 409 if caller and not own and scope_of("tickets.assign", caller.roles) == "-" else None


def other_is_not_theirs(caller: Caller | None, _place: Place | None) -> int | None:
    """The other ticket of a link is aftersales', and must be read too."""
    narrow = caller and scope_of("tickets.read", caller.roles) == "team"
    return 403 if narrow and caller and "aftersales" not in caller.teams else None


def other_is_unknown(caller: Caller | None, place: Place | None) -> int | None:
    """The ticket that a closed one repeats is aftersales'; to whom may not read it, it is none."""
    return other_is_not_theirs(caller, place) and 422


TICKET = "/v1/tickets/{ticket}"
RESOLVE: Step = ("POST", TICKET + "/resolve", {})
WRITTEN = {"text": "知道了"}
HAND_OFF: Step = (
    "POST",
    TICKET + "/handoffs",
    {"department": "warehouse", "request": "请查", "attachments": ["{attachment}"]},
)
DONE_HANDOFF: tuple[Step, ...] = (
    HAND_OFF,
    ("POST", TICKET + "/handoffs/{number}/accept", None),
    ("POST", TICKET + "/handoffs/{number}/complete", WRITTEN),
)
UPLOADING = {"name": "a.png", "media_type": "image/png", "size_bytes": 3}
QUESTION = {"start": "2026-03-02T01:00:00Z", "minutes": 5}
PERSON = {"name": "林浩", "roles": ["agent"], "teams": ["aftersales"], "subject": "sub-lin"}
WHY = {"reason": "correction", "text": "更正"}
CUSTOMER = {"name": "张三", "phones": ["13900000001"]}
POLICY = {"name": "default", "targets": [{"clock": "resolution", "minutes": 60}]}
WEBHOOK = {"name": "erp", "url": "https://10.0.0.7/"}
"""An address that is refused as private, which only somebody hears who may add a webhook."""

CALL_LIST = {"name": "老客户", "size_bytes": 100}

ASKS: dict[str, Ask] = {
    # Callback plans
    "GET /v1/callback-plans": Ask("queue", query="team={team}"),
    "POST /v1/callback-plans": Ask("team", 201, {"name": "回访", "kind": "care", "team": "{team}"}),
    "GET /v1/callback-plans/{plan}": Ask("plan"),
    "PUT /v1/callback-plans/{plan}": Ask(
        "plan", body={"name": "新名", "kind": "care", "team": "{team}"}, if_match='"1"'
    ),
    "POST /v1/callback-plans/{plan}/start": Ask("plan"),
    "POST /v1/callback-plans/{plan}/pause": Ask("plan", 409),
    "POST /v1/callback-plans/{plan}/resume": Ask("plan", 409),
    "POST /v1/callback-plans/{plan}/stop": Ask("plan"),
    "POST /v1/callback-plans/{plan}/hand-over": Ask("plan", body={"person": "{someone}"}),
    "GET /v1/callback-plans/{plan}/callbacks": Ask("plan"),
    "POST /v1/callback-plans/{plan}/exports": Ask("plan", 202, {}),
    "GET /v1/callback-plans/{plan}/exports/{export}": Ask("plan", 404),
    "GET /v1/callback-plans/{plan}/exports/{export}/file": Ask("plan", 404),
    "GET /v1/callback-plans/{plan}/lists": Ask("plan"),
    "POST /v1/callback-plans/{plan}/lists": Ask("plan", 201, CALL_LIST),
    "GET /v1/callback-plans/{plan}/lists/{call_list}": Ask("plan"),
    "POST /v1/callback-plans/{plan}/lists/{call_list}/start": Ask("plan", 422),
    "GET /v1/callback-plans/{plan}/lists/{call_list}/rejects": Ask("plan", 409),
    # Tickets, and what stands in them
    "GET /v1/tickets": Ask("queue", query="team={team}"),
    "POST /v1/tickets": Ask(
        "centre",
        201,
        {
            "type": "feedback",
            "subject": "包裹",
            "text": "没到",
            "channel": "phone",
            "contact": {"phone": "13900000001"},
        },
    ),
    "GET /v1/tickets/{ticket}": Ask("ticket"),
    "PATCH /v1/tickets/{ticket}": Ask("ticket", body={"subject": "新"}, if_match='"2"'),
    "GET /v1/tickets/{ticket}/history": Ask("ticket"),
    "GET /v1/tickets/{ticket}/messages": Ask("ticket"),
    "GET /v1/tickets/{ticket}/messages/{message}/attachments/{attachment}": Ask("ticket"),
    "POST /v1/tickets/{ticket}/notes": Ask("ticket", 201, WRITTEN),
    "POST /v1/tickets/{ticket}/replies": Ask("ticket", 201, WRITTEN),
    "POST /v1/tickets/{ticket}/escalate": Ask(
        "ticket", body={"reason": "客户要求总监处理", "to": "director"}, otherwise=nobody_is_above_a_director
    ),
    "POST /v1/tickets/{ticket}/transfer": Ask(
        "ticket", body={"team": "presales", "reason": "属于售前"}, otherwise=it_is_there_already
    ),
    "POST /v1/tickets/{ticket}/release": Ask("ticket", body={"reason": "下班"}, otherwise=it_is_not_theirs_to_put_back),
    "POST /v1/tickets/{ticket}/no-answer": Ask("ticket", 409, {"reason": "客户只是道谢"}),
    "POST /v1/tickets/{ticket}/claim": Ask("ticket", otherwise=somebody_else_has_it),
    "POST /v1/tickets/{ticket}/assign": Ask("ticket", body={"team": "presales"}),
    "POST /v1/tickets/{ticket}/wait": Ask("ticket", body={"note": "等客户"}),
    "POST /v1/tickets/{ticket}/resume": Ask("ticket", before=(("POST", TICKET + "/wait", {}),)),
    "POST /v1/tickets/{ticket}/resolve": Ask("ticket", body={"reply": "好了"}),
    "POST /v1/tickets/{ticket}/close": Ask(
        "ticket", body={"reason": "duplicate", "duplicate_of": "{other}"}, otherwise=other_is_unknown
    ),
    "POST /v1/tickets/{ticket}/reopen": Ask("ticket", body={"reason": "没好"}, before=(RESOLVE,)),
    "POST /v1/tickets/{ticket}/links": Ask("ticket", 201, {"ticket": "{other}"}, otherwise=other_is_not_theirs),
    "DELETE /v1/tickets/{ticket}/links/{other}": Ask(
        "ticket", before=(("POST", TICKET + "/links", {"ticket": "{other}"}),)
    ),
    "POST /v1/tickets/{ticket}/follow-link": Ask("ticket"),
    "GET /v1/deadlines/{ticket}": Ask("ticket"),
    "POST /v1/attachments": Ask("centre", 201, UPLOADING),
    # Hand-offs
    "POST /v1/tickets/{ticket}/handoffs": Ask("ticket", 201, {"department": "warehouse", "request": "请查"}),
    "POST /v1/tickets/{ticket}/handoffs/{number}/withdraw": Ask(
        "ticket",
        body=WRITTEN,
        before=(HAND_OFF,),
    ),
    "POST /v1/tickets/{ticket}/handoffs/{number}/reroute": Ask(
        "ticket", body={"department": "kitchen", "reason": "不归他们管"}, before=(HAND_OFF,)
    ),
    "POST /v1/tickets/{ticket}/handoffs/{number}/verify": Ask("ticket", body=WRITTEN, before=DONE_HANDOFF),
    "POST /v1/tickets/{ticket}/handoffs/{number}/return": Ask("ticket", body=WRITTEN, before=DONE_HANDOFF),
    "GET /v1/tickets/{ticket}/handoffs/{number}/attachments/{attachment}": Ask("ticket", before=(HAND_OFF,)),
    "GET /v1/handoffs": Ask("department", query="department={department}"),
    "GET /v1/handoffs/{ticket}/{number}": Ask("handoff"),
    "GET /v1/handoffs/{ticket}/{number}/attachments/{attachment}": Ask("handoff"),
    "POST /v1/handoffs/attachments": Ask("centre", 201, UPLOADING),
    "GET /v1/handoff-forms": Ask("centre"),
    "PUT /v1/handoff-forms/{department}": Ask("department", body={"verify": True}),
    "POST /v1/tickets/{ticket}/handoffs/{number}/accept": Ask("handoff"),
    "POST /v1/tickets/{ticket}/handoffs/{number}/decline": Ask("handoff", body=WRITTEN),
    "POST /v1/tickets/{ticket}/handoffs/{number}/complete": Ask(
        "handoff", body=WRITTEN, before=(("POST", TICKET + "/handoffs/{number}/accept", None),)
    ),
    # Customers
    "POST /v1/customers": Ask("centre", 201, CUSTOMER),
    "POST /v1/customers/search": Ask("centre", body={"phone": "{phone}"}),
    "GET /v1/customers/{customer}": Ask("centre"),
    "PATCH /v1/customers/{customer}": Ask("ticket", body={"level": "vip"} | WHY, if_match='"1"'),
    "GET /v1/customers/{customer}/consents": Ask("centre"),
    "PUT /v1/customers/{customer}/consents": Ask("ticket", body={"off": ["survey"]}, if_match='"1"'),
    "GET /v1/customers/{customer}/lost-contacts": Ask("ticket"),
    "PUT /v1/customers/{customer}/lost-contacts/{lost}": Ask("ticket", 404, WHY, if_match='"1"'),
    "POST /v1/customers/{customer}/reveal": Ask(
        "ticket", body={"field": "phones", "reason": "callback", "text": "回电"}
    ),
    "GET /v1/reveals": Ask("team", query="team={team}"),
    # Alerts and notices
    "GET /v1/alerts": Ask("team", query="team={team}"),
    "POST /v1/alerts/{alert}/acknowledge": Ask("alert"),
    "GET /v1/notices": Ask("centre"),
    "GET /v1/notices/preferences": Ask("centre"),
    "PUT /v1/notices/preferences": Ask("centre", body={}),
    "POST /v1/notices/read-all": Ask("centre"),
    "POST /v1/notices/{notice}/read": Ask("notice", refused=404),
    # Surveys and follow-ups
    "GET /v1/surveys": Ask("queue", query="team={team}"),
    "GET /v1/surveys/counts": Ask("queue", query="team={team}"),
    "GET /v1/surveys/{survey}": Ask("survey"),
    "GET /v1/surveys/questionnaires": Ask("centre"),
    "PUT /v1/surveys/questionnaires/{type}": Ask("centre", body={}),
    "GET /v1/follow-ups": Ask("queue", query="team={team}"),
    "GET /v1/follow-ups/{follow_up}": Ask("follow-up"),
    "POST /v1/follow-ups/{follow_up}/claim": Ask("follow-up"),
    "POST /v1/follow-ups/{follow_up}/complete": Ask("follow-up", body={"result": "satisfied", "note": "好"}),
    # Callbacks
    "GET /v1/callbacks": Ask("queue", query="team={team}"),
    "GET /v1/callbacks/forms": Ask("centre"),
    "GET /v1/callbacks/{callback}": Ask("callback"),
    "POST /v1/callbacks/{callback}/claim": Ask("callback"),
    "POST /v1/callbacks/{callback}/assign": Ask("callback", body={"owner": None}),
    "POST /v1/callbacks/{callback}/calls": Ask("callback", body={"result": "satisfied", "note": "好"}),
    # Catalogues
    "GET /v1/me": Ask("centre"),
    "GET /v1/staff": Ask("centre"),
    "PUT /v1/staff/{person}": Ask("centre", body=PERSON, if_match='"1"'),
    "GET /v1/staff/{person}/uses": Ask("centre"),
    "POST /v1/staff/{person}/retire": Ask("centre", body={}),
    "GET /v1/teams": Ask("centre"),
    "GET /v1/teams/{team}/uses": Ask("centre"),
    "POST /v1/teams/{team}/retire": Ask("centre", body={"to": "presales"}),
    "PUT /v1/teams/{team}": Ask("centre", body={"name": "售后组"}, if_match='"1"'),
    "GET /v1/ticket-types": Ask("centre"),
    "GET /v1/ticket-types/{key}": Ask("centre"),
    "GET /v1/ticket-types/{key}/uses": Ask("centre"),
    "POST /v1/ticket-types/{key}/retire": Ask("centre", body={}),
    "PUT /v1/ticket-types/{key}": Ask(
        "centre", body={"labels": {"zh-CN": "反馈"}, "team": "aftersales"}, if_match='"1"'
    ),
    "GET /v1/calendars": Ask("centre"),
    "GET /v1/calendars/{calendar}": Ask("centre"),
    "PUT /v1/calendars/{calendar}": Ask("centre", body=CALENDAR, if_match='"1"'),
    "DELETE /v1/calendars/{calendar}": Ask("centre"),
    "DELETE /v1/ladders/{ladder}": Ask("centre"),
    "DELETE /v1/sla-policies/{policy}": Ask("centre"),
    "GET /v1/calendars/{calendar}/versions": Ask("centre"),
    "POST /v1/calendars/{calendar}/deadline": Ask("centre", body=QUESTION),
    "POST /v1/calendars/{calendar}/explain": Ask("centre", body=QUESTION),
    "POST /v1/calendars/{calendar}/china-holidays": Ask("centre", body={"year": 2026}),
    "PUT /v1/calendars/{calendar}/dates/{date}": Ask("centre", body={"hours": []}, if_match='"1"'),
    "DELETE /v1/calendars/{calendar}/dates/{date}": Ask("centre"),
    "POST /v1/calendars/{calendar}/preview": Ask("centre", body={"body": CALENDAR}),
    "POST /v1/calendars/{calendar}/apply": Ask("centre", 202),
    "GET /v1/sla-policies": Ask("centre"),
    "GET /v1/sla-policies/{policy}": Ask("centre"),
    "PUT /v1/sla-policies/{policy}": Ask("centre", body=POLICY, if_match='"1"'),
    "GET /v1/sla-policies/{policy}/versions": Ask("centre"),
    "POST /v1/sla-policies/preview": Ask("centre", body={"id": "default", "body": POLICY}),
    "POST /v1/sla-policies/{policy}/apply": Ask("centre", 202, {}),
    "GET /v1/deadlines/replans/{replan}": Ask("centre"),
    "GET /v1/ladders": Ask("centre"),
    "GET /v1/ladders/{ladder}": Ask("centre"),
    "PUT /v1/ladders/{ladder}": Ask("centre", body=LADDER, if_match='"1"'),
    # Webhooks and imports, then reports
    "GET /v1/webhooks": Ask("centre"),
    "POST /v1/webhooks": Ask("centre", 422, WEBHOOK),
    "GET /v1/webhooks/{webhook}": Ask("centre"),
    "PUT /v1/webhooks/{webhook}": Ask("centre", 422, WEBHOOK, if_match='"1"'),
    "DELETE /v1/webhooks/{webhook}": Ask("centre", 204),
    "POST /v1/webhooks/{webhook}/rotate-secret": Ask("centre"),
    "POST /v1/webhooks/{webhook}/test": Ask("centre", 204),
    "GET /v1/webhooks/dead-letters": Ask("centre"),
    "POST /v1/webhooks/dead-letters/{delivery}/replay": Ask("centre"),
    "GET /v1/imports": Ask("centre"),
    "POST /v1/imports": Ask("centre", 201, IMPORT),
    "GET /v1/imports/{import_id}": Ask("centre"),
    "POST /v1/imports/{import_id}/check": Ask("centre", 422),
    "POST /v1/imports/{import_id}/start": Ask("centre", 422),
    "POST /v1/imports/{import_id}/undo": Ask("centre", 409),
    "GET /v1/import-sources": Ask("centre"),
    "POST /v1/imports/{import_id}/cancel": Ask("centre"),
    "GET /v1/imports/{import_id}/rejects": Ask("centre", 409),
    "GET /v1/reports": Ask("centre"),
    "POST /v1/reports": Ask("centre", 202, REPORT),
    "GET /v1/reports/runs": Ask("centre"),
    "GET /v1/reports/{report}": Ask("centre"),
    "GET /v1/reports/{report}/file": Ask("centre", 409),
    # Everybody's
    "GET /v1/health": Ask("centre"),
    "GET /v1/docs": Ask("centre"),
    "GET /v1/public/ticket-types": Ask("centre"),
    "POST /v1/public/attachments": Ask("centre", 201, UPLOADING),
    "POST /v1/public/tickets": Ask(
        "centre", 201, {"type": "feedback", "subject": "包裹", "text": "没到", "contact": {"phone": "13900000001"}}
    ),
    "POST /v1/public/challenges": Ask("centre", 201),
    "POST /v1/public/tickets/codes": Ask("centre", 202, {"number": "{other}"}),
    "POST /v1/public/tickets/codes/redeem": Ask("centre", 404, {"number": "{other}", "code": "000000"}),
    "POST /v1/public/tickets/lookup": Ask("centre", 404, {"number": "{other}", "phone_last_four": "9999"}),
    "GET /v1/public/tickets/{token}": Ask("ticket"),
    "GET /v1/public/tickets/{token}/messages": Ask("ticket", 422, query="cursor=x"),
    "GET /v1/public/tickets/{token}/messages/{message}/attachments/{attachment}": Ask("ticket"),
    "POST /v1/public/tickets/{token}/messages": Ask("ticket", 201, WRITTEN),
    "POST /v1/public/tickets/{token}/confirm": Ask("ticket", before=(RESOLVE,)),
    "POST /v1/public/tickets/{token}/reopen": Ask("ticket", body={"reason": "没好"}, before=(RESOLVE,)),
    "GET /v1/public/consents/{token}": Ask("consents"),
    "POST /v1/public/consents/{token}": Ask("consents"),
    "GET /v1/public/surveys/{token}": Ask("survey"),
    "GET /v1/public/tickets/{token}/survey": Ask("ticket"),
    "GET /v1/public/surveys/{token}/page": Ask("survey"),
    # A form that is not the page's own shows the page again.
    "POST /v1/public/surveys/{token}/page": Ask("survey", done=422, body={}),
    "POST /v1/public/surveys/{token}/answer": Ask("survey", body={"score": 5}),
    "POST /v1/public/surveys/{token}/dismiss": Ask("survey"),
}
"""By method and path. Imports without a file, and reports that are not made, are conflicts to whoever may ask."""

OF_NOBODY_ELSE = {
    "POST /v1/customers": "somebody new, of whom there is no ticket yet",
    "POST /v1/handoffs/attachments": "a form to upload with, which belongs to no hand-off yet",
    "GET /v1/callbacks/forms": "a catalogue, which belongs to no team",
    "GET /v1/surveys/questionnaires": "a catalogue, which belongs to no team",
    "GET /v1/notices": "one's own, nobody else's can be named",
    "GET /v1/notices/preferences": "likewise",
    "PUT /v1/notices/preferences": "likewise",
    "POST /v1/notices/read-all": "likewise",
}
"""Operations whose narrow right refuses nobody who has it, and why."""
