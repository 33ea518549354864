"""Make the small event log of our own that `make demo-import` reads where no other log is at hand.

Everything in it is invented. The same seed gives the same file, byte for byte, on every version of Python:

    python infra/demo/make_events.py            # writes infra/demo/events.csv
    python infra/demo/make_events.py OTHER.csv
"""

from __future__ import annotations

import argparse
import csv
import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = 200
SEED = 20240101
FIRST_DAY = datetime(2024, 1, 2)  # noqa: DTZ001 -- local times of the centre, as its old help desk wrote them
DAYS = 170
OPENING_HOUR = 9
OPEN_MINUTES = 9 * 60
WEEKEND = 5

COLUMNS = ("工单编号", "环节", "处理人", "完成时间", "客户", "产品", "班组", "服务等级", "优先级")
STAFF = ("王芳", "李娜", "张伟", "刘洋", "陈静", "杨帆", "赵敏", "周强")
LEAD = "孙丽"
CUSTOMERS = (
    "晨光贸易", "海棠书店", "远山茶业", "青禾超市", "白鹭物流", "金桥五金", "南塘服饰", "星河电器",
    "槐树诊所", "云帆旅行", "石榴花艺", "长庚文具", "松涛家具", "明月餐饮", "梧桐幼儿园", "北固建材",
)  # fmt: skip
PRODUCTS = ("净水器", "扫地机器人", "智能门锁", "空气炸锅", "电饭煲", "会员服务")
TEAMS = ("售前组", "售后组", "投诉组")
LEVELS = ("普通", "金牌", "钻石")
PRIORITIES = ("一般", "一般", "一般", "一般", "较低", "较高", "较高", "紧急")


@dataclass(frozen=True)
class Case:
    """What stays the same over the rows of a case."""

    number: str
    customer: str
    product: str
    team: str
    level: str
    priority: str
    owner: str


@dataclass(frozen=True)
class Step:
    """One event: its name, who did it, and how long after the one before, in minutes."""

    activity: str
    person: str
    after_minutes: int


class Dice:
    """Chance from `random()` alone, the one draw whose sequence Python promises to keep between versions."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 to `limit` - 1."""
        return int(self._random.random() * limit)

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def one_of(self, choices: tuple[str, ...]) -> str:
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


def make_case(number: int, dice: Dice) -> Case:
    return Case(
        number=f"KF{number:05d}",
        customer=dice.one_of(CUSTOMERS),
        product=dice.one_of(PRODUCTS),
        team=dice.one_of(TEAMS),
        level=dice.one_of(LEVELS),
        priority=dice.one_of(PRIORITIES),
        owner=dice.one_of(STAFF),
    )


def make_steps(case: Case, dice: Dice) -> Iterator[Step]:
    """Tell the life of a case: most are plain, some wait, come back, are duplicates or are never finished."""
    if dice.chance(88):
        yield Step("登记工单", dice.one_of(STAFF), 0)
    yield Step("受理", case.owner, dice.between(1, 240))
    if dice.chance(6):
        yield Step(dice.one_of(("标记重复", "标记无效")), LEAD, dice.between(5, 60))
        return
    if dice.chance(30):
        yield Step("设定优先级", case.owner, dice.between(1, 30))
    yield from _work(case, dice)
    if dice.chance(4):
        return
    yield from _finish(case, dice)


def _work(case: Case, dice: Dice) -> Iterator[Step]:
    if dice.chance(12):
        yield Step("转交仓库", case.owner, dice.between(10, 120))
    if dice.chance(25):
        yield Step("等待客户", case.owner, dice.between(10, 300))
        if dice.chance(70):
            yield Step("受理", dice.one_of((case.owner, LEAD)), dice.between(60, 3000))


def _finish(case: Case, dice: Dice) -> Iterator[Step]:
    yield Step("解决", case.owner, dice.between(20, 2400))
    if dice.chance(5):
        yield Step("解决", case.owner, 0)
    if dice.chance(10):
        yield Step("受理", case.owner, dice.between(300, 4000))
        yield Step("解决", case.owner, dice.between(30, 900))
    if dice.chance(15):
        yield Step("电话回访", dice.one_of(STAFF), dice.between(500, 3000))
    if dice.chance(94):
        yield Step("关闭", LEAD, dice.between(1500, 9000))
        if dice.chance(3):
            yield Step("补充记录", LEAD, dice.between(60, 900))


def opening_time(dice: Dice) -> datetime:
    """Draw a local time in office hours of a working day."""
    day = FIRST_DAY + timedelta(days=dice.below(DAYS))
    while day.weekday() >= WEEKEND:
        day += timedelta(days=1)
    minutes, seconds = dice.below(OPEN_MINUTES), dice.below(60)
    return day + timedelta(hours=OPENING_HOUR, minutes=minutes, seconds=seconds)


def next_office_time(at: datetime) -> datetime:
    """Move a time outside office hours to the first office hour after it, keeping minute and second."""
    if at.hour >= OPENING_HOUR + OPEN_MINUTES // 60:
        at = at.replace(hour=OPENING_HOUR) + timedelta(days=1)
    elif at.hour < OPENING_HOUR:
        at = at.replace(hour=OPENING_HOUR)
    while at.weekday() >= WEEKEND:
        at += timedelta(days=1)
    return at


def make_rows(seed: int = SEED, cases: int = CASES) -> list[tuple[str, ...]]:
    """Make all rows under COLUMNS, case by case, each case in order of time."""
    dice = Dice(seed)
    openings = sorted(opening_time(dice) for _ in range(cases))
    rows: list[tuple[str, ...]] = []
    for number, at in enumerate(openings, start=1):
        case = make_case(number, dice)
        when = at
        for position, step in enumerate(make_steps(case, dice)):
            when = next_office_time(when + timedelta(minutes=step.after_minutes if position else 0))
            stamp = when.strftime("%Y-%m-%d %H:%M:%S")
            rest = (case.customer, case.product, case.team, case.level, case.priority)
            rows.append((case.number, step.activity, step.person, stamp, *rest))
    return rows


def make_text() -> str:
    """Make the whole file: UTF-8, a header, lines ended by a single line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(make_rows())
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the demo event log.")
    parser.add_argument("path", nargs="?", type=Path, default=Path(__file__).with_name("events.csv"))
    parser.parse_args().path.write_text(make_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
