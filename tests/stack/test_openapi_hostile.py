"""Whatever stands in whichever field, through the real gateway: a refusal or success, never a failure."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.hostile import TEXTS, Sent, hostile_requests, operations
from tests.stack.conftest import Ask
from tests.stack.people import Stack, Visitor

AT_ONCE = 3
FAILURE = 500
OF_THE_BAR = TEXTS[:5]
"""A key of a text, no number, ten thousand characters, a turned direction, full-width digits."""


def test_no_value_in_any_field_of_any_operation_is_a_failure(stack: Stack, operator: Visitor, ask: Ask) -> None:
    asked = ask()
    customer = operator.get(asked.path).expect(200)["customer"]["id"]
    made = {"ticket": asked.id, "token": asked.token, "customer": customer}
    session = requests.Session()
    session.headers.update({"Authorization": f"Bearer {operator.token}", "Content-Type": "application/json"})

    def answer(sent: Sent) -> tuple[Sent, requests.Response]:
        headers = {"If-Match": '"0"'} if sent.method in {"PUT", "PATCH"} else {}
        body = sent.body.encode() if sent.body is not None else None
        url = stack.origin + sent.path
        return sent, session.request(sent.method, url, data=body, headers=headers, timeout=120, allow_redirects=False)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(answer, hostile_requests(made, texts=OF_THE_BAR)))

    failed = [
        f"{sent.operation} {sent.place}: {found.status_code} {found.text[:200]}"
        for sent, found in answers
        if found.status_code >= FAILURE
    ]
    assert failed == []
    statuses = Counter(found.status_code for _, found in answers)
    # A gateway that let nobody in would answer everything with 401.
    assert statuses[422] > len(answers) / 3, statuses
    assert {sent.operation for sent, _ in answers} <= {f"{method} {path}" for method, path, _ in operations()}
