"""Whether a customer may be contacted: opt-outs by purpose, and quiet hours in its own zone."""

from datetime import UTC, datetime

import pytest

from tingjian.intake.consents.permission import Allowed, Later, Permission, Refused, may_contact
from tingjian.intake.customers.consents import Consents
from tingjian.intake.customers.models import Customer
from tingjian.notifications.quiet import QuietHours

NIGHT = QuietHours(start="12:00", end="14:00", timezone="Asia/Shanghai")


def at(clock: str, day: int = 25) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}:00Z").astimezone(UTC)


@pytest.mark.parametrize(
    ("consents", "now", "expected"),
    [
        (Consents(), at("12:59"), Allowed()),
        (Consents(), at("13:00"), Later(at("01:00", 26))),
        (Consents(), at("00:59"), Later(at("01:00"))),
        (Consents(), at("01:00"), Allowed()),
        (Consents(timezone="America/New_York"), at("02:00"), Later(at("14:00"))),
        (Consents(timezone="America/New_York"), at("15:00"), Allowed()),
        (Consents(quiet_hours=NIGHT), at("05:00"), Later(at("06:00"))),
        (Consents(quiet_hours=NIGHT), at("15:00"), Allowed()),
        (Consents(off=("survey",)), at("05:00"), Refused("opted_out")),
        (Consents(off=("survey",)), at("15:00"), Refused("opted_out")),
        (Consents(off=("birthday",)), at("05:00"), Allowed()),
    ],
)
def test_customer_may_be_contacted_by_day_about_what_it_lets_us(
    consents: Consents, now: datetime, expected: Permission
) -> None:
    customer = Customer(id="wang", version=1, name="王芳", consents=consents)

    assert may_contact(customer, "survey", now) == expected
