"""How a customer without a link comes to one, and what guessing comes to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import AGENT, DESK, JOURNAL, NOW, SIGNER
from tests.functions.door import Knocker
from tingjian.intake.lookups import actions
from tingjian.intake.lookups.actions import NoMatchError, code_of, recognise, redeem, send_code
from tingjian.intake.lookups.models import LOCKS, TRIES, TRIES_OF_ALL, Attempts
from tingjian.platform.errors import LockedOutError, RetryLaterError
from tingjian.platform.ids import number_from
from tingjian.platform.store import Store, from_wire

ASK = {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": {"phone": "13812345678"}}
LOOKUP = "/v1/public/tickets/lookup"
HOME, ELSEWHERE = "home", "elsewhere"


@pytest.fixture
def number(intake: Knocker) -> str:
    """The number of a request whose phone ends in 5678."""
    asked: str = intake.post("/v1/public/tickets", ASK).json["number"]
    return asked.replace("-", "")


def everything(store: Store) -> list[Any]:
    return [from_wire(item) for name in (DESK, JOURNAL) for item in store.client.scan(TableName=name)["Items"]]


def guess(store: Store, number: str, *, origin: str = ELSEWHERE, digits: str = "0000", after: float = 0) -> str:
    """How a try of so many minutes later ends."""
    try:
        recognise(store, number, digits, origin=origin, now=NOW + timedelta(minutes=after))
    except (NoMatchError, LockedOutError) as error:
        return error.code
    return "opened"


def test_sixty_guesses_at_the_same_moment_are_judged_five_times(store: Store, number: str) -> None:
    with ThreadPoolExecutor(12) as crowd:
        ends = list(crowd.map(lambda _: guess(store, number), range(60)))

    assert ends.count("no_match") <= TRIES
    assert set(ends) <= {"no_match", "locked_out"}


def test_a_lock_grows_from_half_an_hour_to_a_day(store: Store, number: str) -> None:
    waits, at = [], 0.0
    for _ in range(4):
        assert [guess(store, number, after=at) for _ in range(TRIES)] == ["no_match"] * TRIES
        with pytest.raises(LockedOutError) as locked:
            recognise(store, number, "5678", origin=ELSEWHERE, now=NOW + timedelta(minutes=at))
        waits.append(locked.value.retry_after_seconds)
        at += waits[-1] / 60

    assert waits == [*(lock.total_seconds() for lock in LOCKS), LOCKS[-1].total_seconds()]


def test_a_stranger_locks_himself_out_and_not_the_customer(store: Store, number: str) -> None:
    assert [guess(store, number) for _ in range(TRIES + 1)][-1] == "locked_out"

    assert guess(store, number, origin=HOME, digits="5678") == "opened"


def test_many_strangers_lock_out_everybody_but_who_opened_it_before(store: Store, number: str) -> None:
    assert guess(store, number, origin=HOME, digits="5678") == "opened"

    ends = [guess(store, number, origin=f"bot-{n}") for n in range(TRIES_OF_ALL + 1)]

    assert ends == ["no_match"] * TRIES_OF_ALL + ["locked_out"]
    assert guess(store, number, origin=HOME, digits="5678") == "opened"


def test_a_right_try_forgives_the_wrong_ones_before_it(store: Store, number: str) -> None:
    for _ in range(3):
        assert [guess(store, number, origin=HOME) for _ in range(TRIES - 1)] == ["no_match"] * (TRIES - 1)
        assert guess(store, number, origin=HOME, digits="5678") == "opened"


def test_looking_up_all_day_locks_nobody_out(store: Store, number: str) -> None:
    ends = [guess(store, number, origin=f"phone-{n}", digits="5678") for n in range(TRIES_OF_ALL * 2)]

    assert set(ends) == {"opened"}


def test_tries_at_unknown_numbers_write_nothing(intake: Knocker, store: Store) -> None:
    before = everything(store)

    answers = [
        intake.post(path, body, key=f"k{n}")
        for n in range(7)
        for path, body in (
            (LOOKUP, {"number": number_from("nobody's"), "phone_last_four": "5678"}),
            (LOOKUP, {"number": "123", "phone_last_four": "5678"}),
            ("/v1/public/tickets/codes", {"number": number_from("nobody's")}),
            ("/v1/public/tickets/codes/redeem", {"number": number_from("nobody's"), "code": "123456"}),
        )
    ]

    assert {answer.status for answer in answers} == {404, 202}
    assert everything(store) == before


def test_a_lock_says_when_to_come_back_in_header_and_words(intake: Knocker, number: str) -> None:
    for _ in range(TRIES):
        intake.post(LOOKUP, {"number": number, "phone_last_four": "0000"})

    answer = intake.post(LOOKUP, {"number": number, "phone_last_four": "5678"}, accept_language="en")

    assert answer.status == 429
    assert 1790 <= int(answer.headers["Retry-After"]) <= 1800
    assert answer.json["retry_after_seconds"] == int(answer.headers["Retry-After"])
    assert "30 min" in answer.json["title"]


def test_the_link_works_while_the_number_is_locked(intake: Knocker, store: Store) -> None:
    asked = intake.post("/v1/public/tickets", ASK).json
    for _ in range(TRIES + 1):
        intake.post(LOOKUP, {"number": asked["number"], "phone_last_four": "0000"})

    assert intake.get(f"/v1/public/tickets/{asked['follow_url'].partition('#')[2]}").status == 200
    assert [item for item in everything(store) if item["sk"] == "attempts"]


def sent_code(store: Store, number: str) -> str:
    [nonce] = [item["nonce"] for item in everything(store) if item["sk"] == "code"]
    return code_of(SIGNER, number, nonce)


def test_a_code_opens_a_new_link_once_and_stands_nowhere(store: Store, number: str) -> None:
    send_code(store, number, origin=HOME, now=NOW)
    code = sent_code(store, number)

    assert redeem(store, SIGNER, number, code, now=NOW) == number
    with pytest.raises(NoMatchError):
        redeem(store, SIGNER, number, code, now=NOW)
    assert [item for item in everything(store) if item.get("deliver") == "code"]
    assert code not in repr([item for item in everything(store) if item["sk"].startswith("code")])


@pytest.mark.parametrize("wrong", ["late", "guessed"])
def test_a_code_is_no_good_when_it_is_old_or_was_guessed_at(store: Store, number: str, wrong: str) -> None:
    send_code(store, number, origin=HOME, now=NOW)
    code, now = sent_code(store, number), NOW
    if wrong == "late":
        now += timedelta(minutes=10)
    else:
        for n in range(5):
            with pytest.raises(NoMatchError):
                redeem(store, SIGNER, number, f"{(int(code) + n + 1) % 10**6:06d}", now=now)

    with pytest.raises(NoMatchError):
        redeem(store, SIGNER, number, code, now=now)


def test_a_ticket_gets_three_codes_an_hour(store: Store, number: str) -> None:
    for _ in range(3):
        send_code(store, number, origin="", now=NOW)

    with pytest.raises(RetryLaterError):
        send_code(store, number, origin="", now=NOW)
    send_code(store, number, origin="", now=NOW + timedelta(hours=1))


def test_an_origin_asks_for_ten_codes_an_hour(intake: Knocker, store: Store) -> None:
    numbers = [intake.post("/v1/public/tickets", ASK).json["number"] for _ in range(4)]

    for n in range(10):
        send_code(store, numbers[n % 4], origin=ELSEWHERE, now=NOW)
    with pytest.raises(RetryLaterError):
        send_code(store, numbers[3], origin=ELSEWHERE, now=NOW)


def test_tries_of_the_form_before_are_read(store: Store, number: str) -> None:
    store.put_if_absent({"pk": f"ticket#{number}", "sk": "attempts", "tries": 5, "expires_at": 9_999_999_999})

    assert guess(store, number, digits="5678") == "opened"


def test_many_who_try_at_once_and_lose_are_told_to_come_back(
    store: Store, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "replace_attempts", lambda *_: False)

    with pytest.raises(LockedOutError):
        recognise(store, number, "5678", origin=HOME, now=NOW)


def test_staff_see_nothing_of_tries_and_codes(intake: Knocker, store: Store, number: str) -> None:
    send_code(store, number, origin=HOME, now=NOW)
    guess(store, number)

    shown = intake.get(f"/v1/tickets/{number}", caller=AGENT)

    assert shown.status == 200
    assert [message["text"] for message in shown.json["messages"]] == ["三天了"]
    assert Attempts().origins == {}
