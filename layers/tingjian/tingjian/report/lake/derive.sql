-- From the events of some tickets (`moved`) to their rows in `tickets` and `facts`.
-- This is what the figures mean, as docs/report-definitions.md says it; nothing else in the service defines a figure.

-- Events that the undo of an import has taken back count no more, nor does the event that says so.
CREATE TEMP TABLE taken_back AS
SELECT entity, (data ->> '$.first')::INTEGER AS first, (data ->> '$.last')::INTEGER AS last
FROM moved WHERE name = 'TicketImportUndone';

CREATE TEMP TABLE not_undone AS
SELECT * FROM moved WHERE name <> 'TicketImportUndone' AND NOT EXISTS (
    SELECT 1 FROM taken_back WHERE taken_back.entity = moved.entity AND moved.version BETWEEN first AND last
);

-- What the events say, each in its place. A person who is nobody is left out of an event, so a missing value counts only
-- in an event that speaks of the ticket at all (it has a status).
CREATE TEMP TABLE told AS
SELECT entity, ticket, version, name, moment, actor, imported, data, json_transform(data, '{
    "status": "VARCHAR", "type": "VARCHAR", "channel": "VARCHAR", "priority": "VARCHAR", "level": "VARCHAR",
    "customer": "VARCHAR", "team": "VARCHAR", "assignee": "VARCHAR", "person": "VARCHAR", "first": "BOOLEAN",
    "message_id": "VARCHAR", "kind": "VARCHAR", "working_seconds": "DOUBLE", "reason": "VARCHAR", "clock": "VARCHAR",
    "score": "INTEGER", "nps": "INTEGER", "ces": "INTEGER", "why": "VARCHAR", "template": "VARCHAR", "on_its_way": "BOOLEAN", "source": "VARCHAR", "time_known": "BOOLEAN",
    "kept": {"first_response": "BOOLEAN", "resolution": "BOOLEAN"},
    "due": {"first_response": "VARCHAR", "resolution": "VARCHAR"}, "reached_at": "VARCHAR"}') AS said
FROM not_undone;

-- One row an event of the ticket's own chain, with the ticket as it is just after it; `doer` is the member of staff who
-- did it, else the one who holds the ticket.
CREATE TEMP TABLE chain AS
SELECT ticket, version, name, moment, imported, data, said,
    CASE WHEN starts_with(actor, 'staff#') THEN substr(actor, 7) ELSE held.person END AS doer,
    held.category AS category, held.type AS type, held.channel AS channel, held.priority AS priority,
    held.level AS level, held.customer AS customer, held.team AS team, held.person AS person, held.source AS source,
    lag(held.category) OVER per_ticket AS category_before,
    min(moment) OVER (per_ticket ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until
FROM (
    SELECT told.*, last_value(CASE WHEN categories.category IS NOT NULL THEN {
        'category': categories.category, 'type': said.type, 'channel': said.channel, 'priority': said.priority,
        'level': said.level, 'customer': said.customer, 'team': said.team, 'person': said.assignee,
        'source': said.source}
        END IGNORE NULLS) OVER (PARTITION BY ticket ORDER BY version) AS held
    FROM told LEFT JOIN categories ON categories.status = said.status
    WHERE starts_with(entity, 'ticket#')
)
WHERE held IS NOT NULL
WINDOW per_ticket AS (PARTITION BY ticket ORDER BY version);

-- The chain without answers that came back: they met nothing.
CREATE TEMP TABLE standing AS
SELECT * FROM chain WHERE name <> 'TicketAnswered' OR said.message_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM chain AS failed
    WHERE failed.name = 'AnswerFailed' AND failed.ticket = chain.ticket AND failed.said.message_id = chain.said.message_id
);

-- The opening: the chain's first event.
CREATE TEMP TABLE openings AS
SELECT ticket, moment, team, person, name = 'TicketOpened' AS witnessed, coalesce(said.time_known, true) AS timed
FROM chain QUALIFY row_number() OVER (PARTITION BY ticket ORDER BY version) = 1;

-- Transitions: events after which the category is another one.
CREATE TEMP TABLE turns AS
SELECT ticket, version, moment, team, person, doer, said, category, category_before
FROM chain WHERE category <> category_before;

CREATE TEMP TABLE first_closes AS
SELECT ticket, min(version) AS version FROM turns WHERE category = 'closed' GROUP BY ticket;

-- The first response: the first answer of staff that reached the customer, was spoken, or was the opening itself; in
-- imported history the first event that says so. A reply from before replies had to arrive was an answer by itself.
CREATE TEMP TABLE first_responses AS
SELECT ticket, moment, team, person, said.working_seconds / 60.0 AS working, coalesce(said.time_known, true) AS timed
FROM (
    SELECT ticket, moment, version, team, doer AS person, said FROM standing
    WHERE name = 'TicketAnswered' OR (said.first AND (name <> 'TicketResolved' OR said.message_id IS NOT NULL))
    UNION ALL
    SELECT ticket, moment, NULL, said.team, substr(actor, 7), said FROM told
    WHERE name = 'MessageAdded' AND said.kind = 'reply' AND starts_with(actor, 'staff#')
        AND NOT coalesce(said.on_its_way, false)
)
QUALIFY row_number() OVER (PARTITION BY ticket ORDER BY moment, version) = 1;

-- Resolutions: every event that resolves. A log that was imported may resolve again what is resolved.
CREATE TEMP TABLE all_resolutions AS
SELECT ticket, version, moment, team, doer AS person, said.working_seconds / 60.0 AS working,
    coalesce(said.time_known, true) AS timed FROM chain
WHERE category = 'resolved' AND (name = 'TicketResolved' OR category <> category_before);

-- The resolution that is measured: the last one before the first close.
CREATE TEMP TABLE resolutions AS
SELECT all_resolutions.* FROM all_resolutions LEFT JOIN first_closes USING (ticket)
WHERE first_closes.version IS NULL OR all_resolutions.version < first_closes.version
QUALIFY row_number() OVER (PARTITION BY all_resolutions.ticket ORDER BY all_resolutions.version DESC) = 1;

-- Targets. A clock is met once a round, and a reopening begins a new round of the resolution clock. It is missed once a
-- round too, at its due time, told by the breach or else by the event that met it too late.
CREATE TEMP TABLE clock_events AS
SELECT ticket, version, moment, team, person, clock, kept, breached, ends_round, due_at,
    coalesce(sum(ends_round::INTEGER) OVER (PARTITION BY ticket, clock ORDER BY version
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS round
FROM (
    SELECT ticket, version, moment, team, doer AS person, clock, kept,
        name = 'ClockBreached' AS breached,
        kept IS NOT NULL OR (name = 'TicketReopened' AND clock = 'resolution') AS ends_round,
        coalesce(due, CASE WHEN name = 'ClockBreached' THEN said.reached_at END)::TIMESTAMP AS due_at
    FROM (
        SELECT *, 'first_response' AS clock, said.kept.first_response AS kept, said.due.first_response AS due FROM standing
        UNION ALL
        SELECT *, 'resolution', said.kept.resolution, said.due.resolution FROM standing
    )
    WHERE kept IS NOT NULL OR name = 'TicketReopened' OR (name = 'ClockBreached' AND said.clock = clock)
);

CREATE TEMP TABLE targets AS
SELECT ticket, version, clock, true AS kept, moment, team, person FROM clock_events WHERE kept
UNION ALL
SELECT ticket, min(version), clock, false, min(coalesce(due_at, moment)), arg_min(team, version), arg_min(person, version)
FROM clock_events WHERE breached OR kept = false GROUP BY ticket, clock, round;

CREATE TEMP TABLE last_targets AS
SELECT ticket,
    arg_max(kept, version) FILTER (clock = 'first_response') AS first_response_kept,
    arg_max(kept, version) FILTER (clock = 'resolution') AS resolution_kept
FROM targets GROUP BY ticket;

-- Scores. An answer that was changed counts as it is now.
CREATE TEMP TABLE answers AS
SELECT ticket, moment, said.score AS score, said.team AS team, said.person AS person, said
FROM told WHERE name IN ('SurveyAnswered', 'TicketRated') AND said.score IS NOT NULL
QUALIFY name = 'TicketRated' OR row_number() OVER (PARTITION BY entity, name ORDER BY version DESC) = 1;

-- Surveys, each with type, channel, team and person of its resolution; one that was not sent ends with why.
CREATE TEMP TABLE survey_events AS
SELECT ticket, try_cast(split_part(entity, '-', 2) AS INTEGER) AS resolution, name, moment, version, said
FROM told WHERE starts_with(entity, 'survey#');

-- What became of invitations and reminders. A message that came back has reached the way out before.
CREATE TEMP TABLE survey_messages AS
SELECT ticket, try_cast(said.message_id AS INTEGER) AS resolution,
    min(moment) FILTER (name = 'MessageReached') AS reached_at,
    count(*) FILTER (name = 'MessageReached') AS reached,
    count(*) FILTER (name = 'MessageFailed' AND said.why = 'bounced') AS came_back,
    min(moment) FILTER (name = 'MessageFailed' AND said.why IN ('bounced', 'refused')) AS failed_at,
    min(moment) FILTER (name = 'MessageFailed' AND said.why = 'no_way') AS no_way_at
FROM told WHERE name IN ('MessageReached', 'MessageFailed') AND said.template = 'survey'
GROUP BY ticket, said.message_id;

-- Surveys that were sent. Delivered is what reached a way out and did not come back; who answered was reached too.
CREATE TEMP TABLE sent_surveys AS
SELECT sent.*, answered.moment AS answered_at, failed_at, no_way_at,
    CASE WHEN reached > came_back THEN reached_at ELSE answered.moment END AS delivered_at
FROM survey_events AS sent
LEFT JOIN survey_messages USING (ticket, resolution)
LEFT JOIN (
    SELECT ticket, resolution, min(moment) AS moment FROM survey_events WHERE name = 'SurveyAnswered' GROUP BY ALL
) AS answered USING (ticket, resolution)
WHERE sent.name = 'SurveyIssued';

-- An answer that was changed counts as it is now, at the time of the last change.
CREATE TEMP TABLE last_answers AS
SELECT * FROM survey_events WHERE name = 'SurveyAnswered'
QUALIFY row_number() OVER (PARTITION BY ticket, resolution ORDER BY version DESC) = 1;

CREATE TEMP TABLE survey_facts AS
SELECT kind, moment, ticket, value, said FROM (
    SELECT 'survey_issued' AS kind, moment, ticket, NULL::DOUBLE AS value, said FROM sent_surveys
    UNION ALL
    SELECT 'survey_delivered', delivered_at, ticket, NULL, said FROM sent_surveys WHERE delivered_at IS NOT NULL
    UNION ALL
    -- Of the delivered, so at the instant of the delivery.
    SELECT 'survey_responded', delivered_at, ticket, NULL, said FROM sent_surveys WHERE answered_at IS NOT NULL
    UNION ALL
    SELECT 'survey_bounced', failed_at, ticket, NULL, said FROM sent_surveys
    WHERE delivered_at IS NULL AND failed_at IS NOT NULL
    UNION ALL
    SELECT 'survey_no_way', no_way_at, ticket, NULL, said FROM sent_surveys
    WHERE delivered_at IS NULL AND failed_at IS NULL AND no_way_at IS NOT NULL
    UNION ALL
    SELECT 'survey_held_' || coalesce(said.why, 'cooldown'), moment, ticket, NULL, said FROM survey_events
    WHERE name = 'SurveySkipped'
    UNION ALL
    SELECT 'survey_withdrawn', moment, ticket, NULL, said FROM survey_events WHERE name = 'SurveyWithdrawn'
    UNION ALL
    SELECT 'survey_dismissed', moment, ticket, NULL, said FROM survey_events WHERE name = 'SurveyDismissed'
    UNION ALL
    SELECT 'survey_late', moment, ticket, NULL, said FROM survey_events WHERE name = 'SurveyCameLate'
    UNION ALL
    SELECT CASE WHEN said.nps >= 9 THEN 'survey_promoter' WHEN said.nps >= 7 THEN 'survey_passive'
        ELSE 'survey_detractor' END, moment, ticket, said.nps, said FROM last_answers WHERE said.nps IS NOT NULL
    UNION ALL
    SELECT 'survey_ces', moment, ticket, said.ces, said FROM last_answers WHERE said.ces IS NOT NULL
);

CREATE TEMP TABLE derived_tickets AS
SELECT last.ticket, last.imported, last.type, last.channel, last.priority, last.level, last.customer, last.team,
    last.person, last.category, openings.moment AS opened_at,
    first_responses.moment AS first_response_at,
    -- A time that an import does not know is unknown, not zero.
    CASE WHEN openings.timed AND first_responses.timed
        THEN (epoch_ms(first_responses.moment) - epoch_ms(openings.moment)) / 60000.0 END AS first_response_minutes,
    first_responses.working AS first_response_working_minutes,
    opened.said.due.first_response::TIMESTAMP AS first_response_due_at, last_targets.first_response_kept,
    resolutions.moment AS resolution_at,
    CASE WHEN openings.timed AND resolutions.timed
        THEN (epoch_ms(resolutions.moment) - epoch_ms(openings.moment)) / 60000.0 END AS resolution_minutes,
    resolutions.working AS resolution_working_minutes,
    opened.said.due.resolution::TIMESTAMP AS resolution_due_at, last_targets.resolution_kept,
    closes.moment AS closed_at, closes.reason AS close_reason, coalesce(closes.reopened, 0)::INTEGER AS reopened,
    scores.score, tells.fields, last.last_event_at, last.source
FROM (
    SELECT *, max(moment) OVER (PARTITION BY ticket) AS last_event_at FROM chain
    QUALIFY row_number() OVER (PARTITION BY ticket ORDER BY version DESC) = 1
) AS last
JOIN openings USING (ticket)
JOIN (SELECT * FROM chain QUALIFY row_number() OVER (PARTITION BY ticket ORDER BY version) = 1) AS opened USING (ticket)
LEFT JOIN first_responses USING (ticket)
LEFT JOIN resolutions USING (ticket)
LEFT JOIN last_targets USING (ticket)
LEFT JOIN (
    SELECT ticket, max(moment) FILTER (category = 'closed') AS moment,
        arg_max(said.reason, version) FILTER (category = 'closed') AS reason,
        count(*) FILTER (category_before IN ('resolved', 'closed') AND category IN ('open', 'waiting')) AS reopened
    FROM turns GROUP BY ticket
) AS closes USING (ticket)
LEFT JOIN (SELECT ticket, arg_max(score, moment) AS score FROM answers GROUP BY ticket) AS scores USING (ticket)
LEFT JOIN (
    SELECT ticket, arg_max(data -> '$.fields', version) AS fields FROM chain
    WHERE json_exists(data, '$.fields') GROUP BY ticket
) AS tells USING (ticket);

CREATE TEMP TABLE derived_facts AS
SELECT kind, moment, until, ticket, tickets.imported, tickets.type, tickets.channel, tickets.priority, tickets.customer,
    counted.team, counted.person, value, working, tickets.source
FROM (
    SELECT 'opened' AS kind, moment, NULL::TIMESTAMP AS until, ticket, team, person, NULL::DOUBLE AS value,
        NULL::DOUBLE AS working
    FROM openings WHERE witnessed
    UNION ALL
    SELECT 'answered', moment, NULL, ticket, team, person, NULL, NULL FROM first_responses
    UNION ALL
    SELECT 'resolved', moment, NULL, ticket, team, person, NULL, NULL FROM all_resolutions
    UNION ALL
    SELECT 'closed', moment, NULL, ticket, team, doer, NULL, NULL FROM turns WHERE category = 'closed'
    UNION ALL
    -- Closes without a result are counted apart too, by their reason.
    SELECT 'closed_' || said.reason, moment, NULL, ticket, team, doer, NULL, NULL FROM turns
    WHERE category = 'closed' AND said.reason IN ('duplicate', 'invalid', 'withdrawn', 'spam')
    UNION ALL
    SELECT 'reopened', moment, NULL, ticket, team, person, NULL, NULL FROM turns
    WHERE category_before IN ('resolved', 'closed') AND category IN ('open', 'waiting')
    UNION ALL
    -- A stay: from `moment` to `until` the ticket was not closed, held by this team and person.
    SELECT CASE category WHEN 'resolved' THEN 'stay_resolved' ELSE 'stay_unsolved' END,
        moment, until, ticket, team, person, NULL, NULL
    FROM chain WHERE category <> 'closed' AND (until IS NULL OR until > moment)
    UNION ALL
    -- Times belong to the period in which the ticket was opened, and to those who responded or resolved.
    SELECT 'first_response', openings.moment, NULL, ticket, first_responses.team, first_responses.person,
        (epoch_ms(first_responses.moment) - epoch_ms(openings.moment)) / 60000.0, first_responses.working
    FROM first_responses JOIN openings USING (ticket) WHERE first_responses.timed AND openings.timed
    UNION ALL
    SELECT 'resolution', openings.moment, NULL, ticket, resolutions.team, resolutions.person,
        (epoch_ms(resolutions.moment) - epoch_ms(openings.moment)) / 60000.0, resolutions.working
    FROM resolutions JOIN openings USING (ticket) WHERE resolutions.timed AND openings.timed
    UNION ALL
    SELECT clock || CASE WHEN kept THEN '_kept' ELSE '_missed' END, moment, NULL, ticket, team, person, NULL, NULL
    FROM targets
    UNION ALL
    SELECT 'survey', moment, NULL, ticket, team, person, score, NULL FROM answers
) AS counted
JOIN derived_tickets AS tickets USING (ticket)
UNION ALL
SELECT counted.kind, counted.moment, NULL, ticket, tickets.imported, coalesce(said.type, tickets.type),
    coalesce(said.channel, tickets.channel), tickets.priority, tickets.customer, said.team, said.person, counted.value, NULL,
    tickets.source
FROM survey_facts AS counted JOIN derived_tickets AS tickets USING (ticket);
