"""Plans: what a policy and its calendar make of the clocks of a ticket."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tingjian.platform.store import Store
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.calendars.models import ALWAYS, Calendar
from tingjian.sla.calendars.storage import CENTRE, find_calendar, optional_calendar, work_calendar
from tingjian.sla.clocks import CLOCKS, Clock, ClockName, Hours, Pause, start_clock
from tingjian.sla.policies.models import Facts, Policy, Target, most_specific_policy
from tingjian.sla.policies.steps import shares_for
from tingjian.sla.policies.storage import find_policy, list_policies


@dataclass(frozen=True, slots=True)
class Plan:
    """What a ticket with these facts is promised: a version of a policy, in a version of its calendar."""

    store: Store
    facts: Facts
    policy: Policy
    calendar: Calendar

    def start_clocks(self, names: Collection[ClockName], now: datetime) -> tuple[Clock, ...]:
        """Those of the clocks that the policy has a target for, started now."""
        promised = [target for name in CLOCKS if name in names and (target := self.policy.target(name))]
        return tuple(self._clock(target, now) for target in promised)

    def replay_clock(self, clock: Clock, pauses: Iterable[Pause]) -> Clock | None:
        """A running clock as if it had run by this plan from its start, with these pauses; None without a target.

        Steps that fired stay fired, since people were told of them: what was missed stays missed.
        """
        target = self.policy.target(clock.name)
        if target is None:
            return None
        fresh = self._clock(target, clock.started_at)
        fired = {step.share: step.fired_at for step in clock.steps}
        shares = {step.share for step in fresh.steps} | {share for share, at in fired.items() if at}
        steps = fresh.with_shares(shares).steps
        marked = tuple(step.model_copy(update={"fired_at": fired.get(step.share)}) for step in steps)
        return fresh.model_copy(update={"pauses": tuple(pauses), "steps": marked}).plan(self.hours)

    def fits(self, clock: Clock) -> bool:
        versions = clock.policy, clock.policy_version, clock.calendar, clock.calendar_version
        return versions == (self.policy.id, self.policy.version, self.calendar.id, self.calendar.version)

    @property
    def hours(self) -> WorkCalendar:
        return work_calendar(self.calendar)

    def _clock(self, target: Target, now: datetime) -> Clock:
        return start_clock(
            name=target.clock,
            policy=(self.policy.id, self.policy.version),
            calendar=(self.calendar.id, self.calendar.version, self.hours),
            target_minutes=target.minutes,
            shares=shares_for(self.store, self.facts, target.shares, policy=self.policy.id, clock=target.clock),
            pauses_in=target.pauses_in,
            now=now,
        )


def plan_for(store: Store, facts: Facts, policies: Sequence[Policy] | None = None) -> Plan | None:
    """The plan for these facts by the policies of now, or by others that somebody tries out. No call when warm."""
    policy = most_specific_policy(list_policies(store) if policies is None else policies, facts)
    return Plan(store, facts, policy, _calendar(store, policy.calendar, None)) if policy else None


def plan_of(store: Store, facts: Facts, clock: Clock) -> Plan | None:
    """The plan that a clock runs by: its versions of policy and calendar. One call for each that is an old version."""
    policy = find_policy(store, clock.policy, clock.policy_version)
    return Plan(store, facts, policy, _calendar(store, clock.calendar, clock.calendar_version)) if policy else None


def clocks_for(store: Store, facts: Facts, names: Collection[ClockName], *, now: datetime) -> tuple[Clock, ...]:
    """The clocks of these names that the ticket's policy starts now; none without a policy. No call when warm."""
    plan = plan_for(store, facts)
    return plan.start_clocks(names, now) if plan else ()


def hours_of(store: Store) -> Hours:
    """Finds the calendar version that a clock counts in. A call for each old version, once."""
    known: dict[tuple[str, int], WorkCalendar] = {}

    def hours(clock: Clock) -> WorkCalendar:
        key = (clock.calendar, clock.calendar_version)
        if key not in known:
            known[key] = work_calendar(calendar_of(store, clock))
        return known[key]

    return hours


def calendar_of(store: Store, clock: Clock) -> Calendar:
    return _calendar(store, clock.calendar, clock.calendar_version)


def working_seconds(store: Store, start: datetime, end: datetime) -> int:
    """Open seconds between two instants in the centre's hours; every second counts where the centre has set none."""
    return int(work_calendar(optional_calendar(store, CENTRE) or ALWAYS).between(start, end).total_seconds())


def _calendar(store: Store, calendar_id: str, version: int | None) -> Calendar:
    """The calendar; in place of one that is gone every minute counts, so that each clock has a deadline."""
    return find_calendar(store, calendar_id, version) or find_calendar(store, calendar_id) or ALWAYS
