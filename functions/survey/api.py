"""The HTTP door of survey: which module declares which routes."""

from functions.survey.door import door
from tingjian.platform import snapshots

door.modules |= {
    "/v1/surveys": "functions.survey.staff",
    "/v1/follow-ups": "functions.survey.staff",
    "/v1/public": "functions.survey.public",
}
snapshots.register(door.load_all)
handler = door
