"""Lists at the door: announced, uploaded, read as a whole."""

from tests.builders import AGENT, LEAD
from tests.functions.door import Knocker
from tests.functions.survey.callback_plans.desk import PLANS, list_of, plan_of, rejects, started, upload


def test_list_is_read_and_its_refused_rows_can_be_fetched(door: Knocker) -> None:
    plan = plan_of(door)
    listed = list_of(door, plan, "姓名,电话\n张三,13800138000\n李四,62345678\n王五,13800138000\n".encode())

    receipt = started(door, plan, listed)

    assert (receipt.status, receipt.json["rows"], receipt.json["refused"]) == (200, 3, 2)
    assert rejects(listed) == [
        "行号,未导入的原因,姓名,电话,邮箱,客户编号,订单号,备注",
        "3,座机没有区号,李四,62345678,,,,",
        "4,与第 2 行是同一个人,王五,13800138000,,,,",
    ]
    fetched = door.get(f"{PLANS}/{plan}/lists/{listed}/rejects", caller=LEAD)
    assert fetched.json["url"].startswith("https://")
    assert door.get(f"{PLANS}/{plan}/lists/{listed}/rejects", caller=AGENT).status == 403
    [shown] = door.get(f"{PLANS}/{plan}/lists", caller=LEAD).json["items"]
    assert (shown["state"], shown["by_name"], shown["rows"], shown["refused"]) == ("making", "赵敏", 3, 2)


def test_5001_rows_are_refused_whole_with_a_problem_that_names_the_file(door: Knocker) -> None:
    plan = plan_of(door)
    listed = list_of(door, plan, "\n".join(["电话", *(f"{13800000000 + n}" for n in range(5001))]).encode())

    answer = started(door, plan, listed, accept_language="en")

    assert answer.status == 422
    [error] = answer.json["errors"]
    assert (error["field"], error["message"]) == (
        "file",
        "A file has at most 5000 rows. Split the list into several files.",
    )
    assert door.get(f"{PLANS}/{plan}/lists/{listed}", caller=LEAD).json["state"] == "created"


def test_list_without_its_file_and_one_that_was_read_are_refused(door: Knocker) -> None:
    plan = plan_of(door)
    listed = door.post(f"{PLANS}/{plan}/lists", {"name": "空", "size_bytes": 9}, caller=LEAD).json["id"]

    missing = started(door, plan, listed)
    upload(listed, "电话\n13800138000\n".encode())
    first = started(door, plan, listed, key="k")
    again = started(door, plan, listed, key="k")
    later = started(door, plan, listed)

    assert (missing.status, missing.json["errors"][0]["field"]) == (422, "file")
    assert first.said == again.said
    assert (first.status, later.status, later.json["state"]) == (200, 409, "making")


def test_area_code_of_the_list_stands_before_landlines_that_have_none(door: Knocker) -> None:
    plan = plan_of(door)
    listed = list_of(door, plan, "电话\n62345678\n".encode(), area_code="010")
    wrong = door.post(f"{PLANS}/{plan}/lists", {"name": "x", "size_bytes": 9, "area_code": "99"}, caller=LEAD)

    assert started(door, plan, listed).json["refused"] == 0
    assert wrong.json["errors"][0]["field"] == "area_code"


def test_stopped_plan_takes_no_list(door: Knocker) -> None:
    plan = plan_of(door)
    listed = list_of(door, plan, "电话\n13800138000\n".encode())
    door.post(f"{PLANS}/{plan}/stop", caller=LEAD)

    assert started(door, plan, listed).status == 409
    assert door.post(f"{PLANS}/{plan}/lists", {"name": "x", "size_bytes": 9}, caller=LEAD).status == 409
