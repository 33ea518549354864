"""HTTP on Powertools' resolver: a feature's routes, and what every request goes through, one file a concern."""

from tingjian.platform.http.answers import Html
from tingjian.platform.http.bodies import from_query
from tingjian.platform.http.call import Call, Here
from tingjian.platform.http.door import Door
from tingjian.platform.http.routes import public, resolver, staff

__all__ = ["Call", "Door", "Here", "Html", "from_query", "public", "resolver", "staff"]
