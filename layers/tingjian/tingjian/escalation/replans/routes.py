from tingjian.escalation.replans.models import ReplanView
from tingjian.escalation.replans.storage import load_replan
from tingjian.platform.http import Here, resolver, staff
from tingjian.sla.calendars.rights import READ_POLICIES

app = resolver()


@app.get("/v1/deadlines/replans/<replan>", **staff(READ_POLICIES))
def one_replan(call: Here, replan: str) -> ReplanView:
    """Show how far the moving of deadlines is."""
    return ReplanView.of(load_replan(call.store, replan))
