"""Why a deadline is where it is: routes that read what other features store, and write nothing."""

from tingjian.escalation.deadlines import routes
from tingjian.platform.features import Feature, Http

FEATURE = Feature(http=Http("escalation", routes.app))
