"""For all tests."""

from hypothesis import HealthCheck, settings

# No property claims that an example is quick, and the machine may have much else to do.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
