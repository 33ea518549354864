from tests.unit.infra.folders import project

__all__ = ["project"]
