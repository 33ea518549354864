"""What a customer lets us write or call about, and when: kept with the customer, so that who loaded it knows. Pure."""

from typing import Literal, get_args

from pydantic import Field

from tingjian.notifications.quiet import QuietHours, ZoneName
from tingjian.platform.models import Frozen

Purpose = Literal["survey", "callback", "birthday", "festival", "shop_day", "renewal", "maintenance", "product"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
HOME_ZONE = "Asia/Shanghai"
QUIET_START, QUIET_END = "21:00", "09:00"


class Consents(Frozen):
    """What a customer opted out of, and its zone and quiet hours where they are not the centre's."""

    off: tuple[Purpose, ...] = Field(default=(), max_length=len(PURPOSES))
    timezone: ZoneName | None = None
    quiet_hours: QuietHours | None = None

    @property
    def sets_hours(self) -> bool:
        """Whether the customer's own hours or zone are known, which go before what a rule of the centre says."""
        return self.timezone is not None or self.quiet_hours is not None

    def in_normal_form(self) -> "Consents":
        """The same with each opt-out once, in the order of the purposes."""
        return self.model_copy(update={"off": tuple(purpose for purpose in PURPOSES if purpose in self.off)})

    def quiet(self, zone: str = HOME_ZONE) -> QuietHours:
        """The quiet hours that hold: the customer's own, else from 21:00 to 09:00 in its zone or else in `zone`."""
        return self.quiet_hours or QuietHours(start=QUIET_START, end=QUIET_END, timezone=self.timezone or zone)
