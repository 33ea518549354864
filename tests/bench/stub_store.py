"""A DynamoDB that answers at once: a process of its own on loopback, so that only the caller's work is counted.

It knows the calls that a door makes, keeps what is put, finds it again by key and by partition, and holds no
condition to be false. It counts the calls and keeps the newest of them, so that they can be sent again by themselves.
It is no emulator: it exists to cost nothing. `python -m tests.bench.stub_store` prints its port.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Wire = dict[str, Any]
KEYS = ("pk", "sk")
KEPT = 20


class Memory:
    """The tables, what was called how often, and the newest calls."""

    def __init__(self) -> None:
        """Start empty."""
        self.tables: dict[str, dict[tuple[str, str], Wire]] = defaultdict(dict)
        self.calls: Counter[str] = Counter()
        self.newest: deque[tuple[str, Wire]] = deque(maxlen=KEPT)

    def answer(self, operation: str, request: Wire) -> Wire:
        """Answer one call; an operation that is not known here is a KeyError."""
        if operation != "Counts":
            self.calls[operation] += 1
            self.newest.append((operation, request))
        return {
            "GetItem": self.get_item,
            "PutItem": self.put_item,
            "BatchGetItem": self.batch_get_item,
            "Query": self.query,
            "TransactWriteItems": self.transact_write_items,
            "GetSecretValue": self.get_secret_value,
            "Counts": self.counts,
        }[operation](request)

    def counts(self, _request: Wire) -> Wire:
        """Tell how many calls there were and the newest of them; not one of DynamoDB's own."""
        return {"calls": dict(self.calls), "newest": list(self.newest)}

    def get_secret_value(self, request: Wire) -> Wire:
        """Give the one secret there is; a call of the Secrets Manager."""
        return {"Name": request["SecretId"], "SecretString": "a secret of the bench, long enough to sign with"}

    def get_item(self, request: Wire) -> Wire:
        """Find an item by its key."""
        item = self.tables[request["TableName"]].get(key_of(request["Key"]))
        return {"Item": item} if item else {}

    def put_item(self, request: Wire) -> Wire:
        """Keep an item."""
        self.tables[request["TableName"]][key_of(request["Item"])] = request["Item"]
        return {}

    def batch_get_item(self, request: Wire) -> Wire:
        """Find items by their keys."""
        found = {
            table: [self.tables[table][key_of(key)] for key in wanted["Keys"] if key_of(key) in self.tables[table]]
            for table, wanted in request["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, request: Wire) -> Wire:
        """Find the items of a partition, of the table or of an index, whose range begins with `:p` where given."""
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        found = [
            item
            for item in self.tables[request["TableName"]].values()
            if item.get(names["#h"]) == values[":h"]
            and (":p" not in values or item[names["#r"]]["S"].startswith(values[":p"]["S"]))
        ]
        return {"Items": found, "Count": len(found)}

    def transact_write_items(self, request: Wire) -> Wire:
        """Keep what is put and drop what is deleted."""
        for member in request["TransactItems"]:
            if "Put" in member:
                self.put_item(member["Put"])
            elif "Delete" in member:
                self.tables[member["Delete"]["TableName"]].pop(key_of(member["Delete"]["Key"]), None)
        return {}


def key_of(item: Wire) -> tuple[str, str]:
    """Take the primary key out of an item or a key."""
    return item[KEYS[0]]["S"], item[KEYS[1]]["S"]


def serve() -> None:
    """Serve on a free port of 127.0.0.1 until standard input ends, and print the port first."""
    memory = Memory()

    class Handler(BaseHTTPRequestHandler):
        """Answers a call in one packet."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            """Answer one call."""
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = json.dumps(memory.answer(operation, request)).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve()
