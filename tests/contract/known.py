"""Which points each engine is known to break, and the refusal to run on an engine that breaks what a suite rests on.

`test_contract.py` keeps the tables true: a point that breaks anew, or is mended, fails there.
"""

from collections.abc import Mapping
from typing import Final

from tests.contract.engines import Engine
from tests.contract.probe import points

BROKEN: Final[Mapping[Engine, Mapping[str, str]]] = {
    Engine.MOTO: {
        "index-key-type": "an index key of the wrong type is accepted",
        "number-precision": "a number comes back as it was written, not in DynamoDB's form",
        "number-too-long": "a number of 39 digits is accepted",
        "transaction-token-once": "ClientRequestToken is ignored: what is sent again is applied again",
        "transaction-token-conditional": "ClientRequestToken is ignored: a request trips over its own condition",
        "transaction-token-mismatch": "ClientRequestToken is ignored: a used token is accepted for something else",
        "transaction-token-concurrent": "ClientRequestToken is ignored: 8 at once are applied 8 times",
        "filter-on-key-refused": "a filter on a key is accepted",
        "item-400-kb": "the size of an item is computed otherwise: the largest that DynamoDB takes is refused",
        "item-400-kb-update": "as item-400-kb",
        "transaction-4-mb": "the limit on a transaction's size is not kept",
        "batch-write-25": "a batch of 26 is accepted",
        "stream-no-noop": "a write that changes nothing is in the stream",
        "capacity-put": "consumed capacity is a constant",
        "capacity-update": "consumed capacity is a constant",
        "capacity-delete": "consumed capacity is a constant",
        "capacity-transaction": "a transaction reports no consumed capacity",
        "capacity-replay": "a transaction reports no consumed capacity",
        "capacity-index": "indexes report no consumed capacity",
        "capacity-get": "consumed capacity is a constant",
        "capacity-query": "consumed capacity is a constant",
        "capacity-index-query": "consumed capacity is a constant",
        "capacity-empty-query": "consumed capacity is a constant",
        "capacity-batch-get": "consumed capacity is a constant",
        "capacity-batch-get-missing": "consumed capacity is a constant",
    },
    Engine.MINISTACK: {
        "overlapping-paths": "an update that sets and removes the same attribute is accepted",
        "filter-on-key-refused": "a filter on a key is accepted",
        "capacity-get": "a read always costs one item of 4 KB",
        "capacity-query": "a query always costs 0.5",
        "capacity-batch-get": "a batch of reads reports no consumed capacity",
        "capacity-batch-get-missing": "a batch of reads reports no consumed capacity",
    },
    Engine.DYNAMODB_LOCAL: {
        "failed-condition-shows-item": "ReturnValuesOnConditionCheckFailure came after this version, for single writes",
        "empty-string-value": "empty strings came after this version",
        "transaction-100-items": "a transaction holds at most 10 items in this version",
        "capacity-transaction": "a transaction's capacity is reported twofold",
        "capacity-replay": "a transaction's capacity is reported twofold",
        "capacity-empty-query": "a query that finds nothing is free",
        "capacity-batch-get-missing": "an item of a batch that is not there is free",
    },
}

UNSTABLE: Final[Mapping[Engine, Mapping[str, str]]] = {
    Engine.MOTO: {"transaction-race": "transactions of several threads mix: at times two of them win"},
    Engine.MINISTACK: {},
    Engine.DYNAMODB_LOCAL: {},
}
"""Points that an engine breaks at times: as good as broken, but no test can hold them to it."""


class EngineUnfitError(Exception):
    """A suite rests on points that the engine is known to break: its results there would mean nothing."""


class UnknownPointError(Exception):
    """There is no point of this name in the probe."""


def require(engine: Engine, *names: str) -> None:
    """Refuse to go on unless `engine` keeps every named point.

    Call it where a suite gets its store. Raises EngineUnfitError with each broken point and its reason, and
    UnknownPointError for a name that the probe does not know.
    """
    known = points()
    unknown = [name for name in names if name not in known]
    if unknown:
        message = f"the contract probe has no point called {', '.join(unknown)}"
        raise UnknownPointError(message)
    broken = {**BROKEN[engine], **UNSTABLE[engine]}
    named = {name: broken[name] for name in names if name in broken}
    if named:
        reasons = "; ".join(f"{name} ({reason}), so not: {known[name].promise}" for name, reason in named.items())
        message = f"{engine} breaks what this suite rests on: {reasons}"
        raise EngineUnfitError(message)
