"""When and how often customers are asked: the part of a questionnaire that rules sending. Pure."""

from datetime import datetime, timedelta

from pydantic import Field

from tingjian.notifications.quiet import QuietHours
from tingjian.platform.models import Frozen

HOUR = 60
LONGEST_DELAY_MINUTES = 30 * 24 * HOUR


class SendingRules(Frozen):
    """When a customer is asked, and how often.

    The invitation goes `delay_minutes` after the resolution, 0 for at once. Who was asked within `cooldown_days` about
    whatever request is left alone; 0 for nobody. Who has not answered is reminded up to `reminders` times, each
    `reminder_gap_hours` after what was sent before. In `quiet` hours nothing is sent; it goes when they are over.
    """

    delay_minutes: int = Field(default=0, ge=0, le=LONGEST_DELAY_MINUTES)
    cooldown_days: int = Field(default=0, ge=0, le=365)
    reminders: int = Field(default=0, ge=0, le=3)
    reminder_gap_hours: int = Field(default=72, ge=1, le=720)
    quiet: QuietHours | None = None

    def sending_at(self, resolved_at: datetime) -> datetime:
        """When the customer is asked about a resolution of this instant."""
        return self.awake_at(resolved_at + timedelta(minutes=self.delay_minutes))

    def reminding_at(self, sent_at: datetime, *, reminded: int, expires_at: datetime) -> datetime | None:
        """When the next reminder is due after something was sent; None when no more is, or the survey ends before."""
        if reminded >= self.reminders:
            return None
        at = self.awake_at(sent_at + timedelta(hours=self.reminder_gap_hours))
        return at if at < expires_at else None

    def awake_at(self, moment: datetime) -> datetime:
        """This instant, or the end of the quiet hours that it lies in."""
        return (self.quiet.until(moment) if self.quiet else None) or moment
