from tingjian.intake.health import routes
from tingjian.platform.features import Feature, Http

FEATURE = Feature(http=Http("intake", routes.app))
