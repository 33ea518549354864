ROUTES: dict[str, dict[str, str]] = {}
TIMERS: dict[str, str] = {}
MAILS: dict[str, str] = {}
