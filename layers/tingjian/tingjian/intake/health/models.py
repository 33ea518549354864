from tingjian.platform.models import Frozen


class Health(Frozen):
    """That the service answers."""

    status: str = "ok"
