"""Routes of callback plans and their lists."""

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.attachments.models import Download
from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.platform.models import PageQuery
from tingjian.platform.settings import FilesSettings
from tingjian.survey.callback_plans import actions, export_actions, list_actions, reads
from tingjian.survey.callback_plans.call_lists import CallListPage, CallListReceipt, CallListView, ListBody
from tingjian.survey.callback_plans.clearings import HandOver
from tingjian.survey.callback_plans.exports import ExportBody, ExportView
from tingjian.survey.callback_plans.member_views import MemberList, MemberQuery, find_members
from tingjian.survey.callback_plans.models import PlanBody, PlanReceipt
from tingjian.survey.callback_plans.plan_views import PlanList, PlanQuery, PlanView
from tingjian.survey.callback_plans.rights import EDIT_PLANS, READ_PLANS

app = resolver()


@app.get("/v1/callback-plans", **staff(READ_PLANS))
def plans(call: Here, query: Annotated[PlanQuery, Depends(from_query(PlanQuery))]) -> PlanList:
    """List callback plans with their counts, newest first."""
    return reads.find_plans(call, query)


@app.post("/v1/callback-plans", status_code=201, **staff(EDIT_PLANS))
def create(call: Here, body: PlanBody) -> PlanReceipt:
    """Write a callback plan. It makes nothing before it is started."""
    return actions.create_plan(call, body)


@app.get("/v1/callback-plans/<plan>", **staff(READ_PLANS))
def show(call: Here, plan: str) -> PlanView:
    """Show a callback plan with its counts, in all and by person."""
    return reads.show_plan(call, plan)


@app.put("/v1/callback-plans/<plan>", **staff(EDIT_PLANS))
def edit(call: Here, plan: str, body: PlanBody) -> PlanReceipt:
    """Change a callback plan; kind, team and source of one that was started stay."""
    return actions.edit_plan(call, plan, body)


@app.post("/v1/callback-plans/<plan>/start", **staff(EDIT_PLANS))
def start(call: Here, plan: str) -> PlanReceipt:
    """Start a callback plan."""
    return actions.start_plan(call, plan)


@app.post("/v1/callback-plans/<plan>/pause", **staff(EDIT_PLANS))
def pause(call: Here, plan: str) -> PlanReceipt:
    """Let a callback plan make nothing for now."""
    return actions.pause_plan(call, plan)


@app.post("/v1/callback-plans/<plan>/resume", **staff(EDIT_PLANS))
def resume(call: Here, plan: str) -> PlanReceipt:
    """Let a paused callback plan go on."""
    return actions.resume_plan(call, plan)


@app.post("/v1/callback-plans/<plan>/stop", **staff(EDIT_PLANS))
def stop(call: Here, plan: str) -> PlanReceipt:
    """Stop a callback plan for good, and withdraw what is open."""
    return actions.stop_plan(call, plan)


@app.post("/v1/callback-plans/<plan>/hand-over", **staff(EDIT_PLANS))
def hand_over(call: Here, plan: str, body: HandOver) -> PlanReceipt:
    """Give what somebody has open of a callback plan to somebody else, or share it out over the others."""
    return actions.hand_over(call, plan, body)


@app.get("/v1/callback-plans/<plan>/callbacks", **staff(READ_PLANS))
def callbacks(call: Here, plan: str, query: Annotated[MemberQuery, Depends(from_query(MemberQuery))]) -> MemberList:
    """List the callbacks of a plan, of somebody or in a state; agents see their own."""
    return find_members(call, plan, query)


@app.post("/v1/callback-plans/<plan>/exports", status_code=202, **staff(EDIT_PLANS))
def ask_export(call: Here, plan: str, body: ExportBody) -> ExportView:
    """Ask for the callbacks of a plan as a file."""
    return export_actions.ask_export(call, plan, body)


@app.get("/v1/callback-plans/<plan>/exports/<export>", **staff(EDIT_PLANS))
def show_export(call: Here, plan: str, export: str) -> ExportView:
    """Show an export, and whether its file is there."""
    return export_actions.show_export(call, plan, export)


@app.get("/v1/callback-plans/<plan>/exports/<export>/file", **staff(EDIT_PLANS))
def export_file(call: Here, plan: str, export: str) -> Download:
    """Fetch the file of an export."""
    return export_actions.fetch_export(call, plan, export, bucket=FilesSettings.read().files_bucket)


@app.get("/v1/callback-plans/<plan>/lists", **staff(EDIT_PLANS))
def lists(call: Here, plan: str, query: Annotated[PageQuery, Depends(from_query(PageQuery))]) -> CallListPage:
    """List the imported lists of a callback plan."""
    return reads.find_call_lists(call, plan, query)


@app.post("/v1/callback-plans/<plan>/lists", status_code=201, **staff(EDIT_PLANS))
def create_list(call: Here, plan: str, body: ListBody) -> CallListView:
    """Announce a file with people to be called, and get the slot to upload it to."""
    return list_actions.create_list(call, plan, body, bucket=FilesSettings.read().files_bucket)


@app.get("/v1/callback-plans/<plan>/lists/<call_list>", **staff(EDIT_PLANS))
def show_list(call: Here, plan: str, call_list: str) -> CallListView:
    """Show an imported list, and how far it is."""
    return reads.show_call_list(call, plan, call_list)


@app.post("/v1/callback-plans/<plan>/lists/<call_list>/start", **staff(EDIT_PLANS))
def start_list(call: Here, plan: str, call_list: str) -> CallListReceipt:
    """Read the uploaded file; its callbacks are made as soon as the plan runs."""
    return list_actions.check_list(call, plan, call_list, bucket=FilesSettings.read().files_bucket)


@app.get("/v1/callback-plans/<plan>/lists/<call_list>/rejects", **staff(EDIT_PLANS))
def rejects(call: Here, plan: str, call_list: str) -> Download:
    """Fetch the refused rows of a list as a CSV file, each with its line and its reason."""
    return list_actions.fetch_rejects(call, plan, call_list, bucket=FilesSettings.read().files_bucket)
