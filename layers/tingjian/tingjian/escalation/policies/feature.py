"""Saving policies and calendars, and what that does to open tickets: routes over sla's features and over replans."""

from tingjian.escalation.policies import routes
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, index

FEATURE = Feature(http=Http("escalation", routes.app, touches=(index("queue"), READS_JOURNAL, WRITES_JOURNAL)))
