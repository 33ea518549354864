"""What can be wrong with a calendar or with a question to it: `ValueError`s that name the field and the reason."""


class WorkingTimeError(ValueError):
    """Base: `field` says where (`hours.mon[1]`), `code` names the reason for programs, `reason` in English.

    `parameters` are the values that the reason speaks of, for a message catalogue that says it in another language.
    """

    def __init__(self, field: str, code: str, reason: str, **parameters: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.code, self.reason, self.parameters = field, code, reason, parameters


class CalendarError(WorkingTimeError):
    """The calendar itself cannot be: unknown zone, overlapping spans, no open time, a date that is none."""


class QuestionError(WorkingTimeError):
    """The question cannot be answered: a naive instant, negative minutes, a pause that ends before it starts."""


class OpenTimeExhaustedError(WorkingTimeError):
    """The calendar has no more open time after the start than was asked for, so there is no deadline."""
