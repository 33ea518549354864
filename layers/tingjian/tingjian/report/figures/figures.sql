-- The figures of the report's period and of the one before it, as a whole (dimension 'all') and broken down.
-- Every count and time below is of facts at an instant in the period, save the two at its end, which are of stays that
-- reach it: `open_at_end` of all, `unsolved_at_end` of those that are not resolved. What is asked is in variables: the periods' ends, the filters, the least score that is satisfied.

CREATE OR REPLACE TEMP TABLE spans AS
SELECT 'current' AS period, getvariable('starts_at')::TIMESTAMP AS starts_at, getvariable('ends_at')::TIMESTAMP AS ends_at
UNION ALL
SELECT 'previous', getvariable('before_starts_at')::TIMESTAMP, getvariable('starts_at')::TIMESTAMP;

-- The facts that the filters leave, of tickets live, imported or both.
CREATE OR REPLACE TEMP VIEW chosen AS
SELECT * FROM facts
WHERE moment < getvariable('ends_at')::TIMESTAMP
    AND (starts_with(kind, 'stay_') OR moment >= getvariable('before_starts_at')::TIMESTAMP)
    AND (getvariable('imported')::BOOLEAN IS NULL OR imported = getvariable('imported')::BOOLEAN)
    AND (getvariable('type')::VARCHAR IS NULL OR type = getvariable('type')::VARCHAR)
    AND (getvariable('channel')::VARCHAR IS NULL OR channel = getvariable('channel')::VARCHAR)
    AND (getvariable('priority')::VARCHAR IS NULL OR priority = getvariable('priority')::VARCHAR)
    AND (getvariable('team')::VARCHAR IS NULL OR team = getvariable('team')::VARCHAR)
    AND (getvariable('person')::VARCHAR IS NULL OR person = getvariable('person')::VARCHAR)
    AND (getvariable('customer')::VARCHAR IS NULL OR customer = getvariable('customer')::VARCHAR);

CREATE OR REPLACE TEMP TABLE counted AS
SELECT spans.period, chosen.kind, chosen.moment, chosen.ticket, chosen.value, chosen.working, chosen.type, chosen.channel,
    chosen.team, chosen.person, chosen.customer
FROM chosen JOIN spans ON chosen.moment >= spans.starts_at AND chosen.moment < spans.ends_at
WHERE NOT starts_with(chosen.kind, 'stay_')
UNION ALL
SELECT spans.period, chosen.kind, spans.ends_at, chosen.ticket, NULL, NULL, chosen.type, chosen.channel,
    chosen.team, chosen.person, chosen.customer
FROM chosen JOIN spans ON chosen.moment < spans.ends_at AND (chosen.until IS NULL OR chosen.until >= spans.ends_at)
WHERE starts_with(chosen.kind, 'stay_');

-- The customers with the most requests; all others together are `*`.
CREATE OR REPLACE TEMP TABLE top_customers AS
SELECT customer FROM counted WHERE period = 'current' GROUP BY customer
ORDER BY count(*) FILTER (kind = 'opened') DESC, count(*) FILTER (kind = 'resolved') DESC, customer
LIMIT getvariable('top_customers')::INTEGER;

CREATE OR REPLACE TEMP VIEW dated AS
SELECT counted.* REPLACE (
        CASE WHEN customer IN (SELECT customer FROM top_customers) THEN customer ELSE '*' END AS customer
    ), days.day
FROM counted ASOF LEFT JOIN days ON counted.moment >= days.starts_at;

CREATE OR REPLACE TEMP TABLE figures AS
SELECT period,
    CASE WHEN grouping(type) = 0 THEN 'type' WHEN grouping(channel) = 0 THEN 'channel'
        WHEN grouping(team) = 0 THEN 'team' WHEN grouping(person) = 0 THEN 'person'
        WHEN grouping(customer) = 0 THEN 'customer' WHEN grouping(day) = 0 THEN 'day' ELSE 'all' END AS dimension,
    coalesce(type, channel, team, person, customer, day::VARCHAR, '') AS key,
    count(*) FILTER (kind = 'opened') AS opened,
    count(*) FILTER (kind = 'answered') AS answered,
    count(*) FILTER (kind = 'resolved') AS resolved,
    count(*) FILTER (kind = 'closed') AS closed,
    count(*) FILTER (kind = 'reopened') AS reopened,
    count(*) FILTER (starts_with(kind, 'stay_')) AS open_at_end,
    count(*) FILTER (kind = 'stay_unsolved') AS unsolved_at_end,
    quantile_cont(value, [0.5, 0.9]) FILTER (kind = 'first_response') AS first_response_minutes,
    quantile_cont(working, [0.5, 0.9]) FILTER (kind = 'first_response') AS first_response_working_minutes,
    quantile_cont(value, [0.5, 0.9]) FILTER (kind = 'resolution') AS resolution_minutes,
    quantile_cont(working, [0.5, 0.9]) FILTER (kind = 'resolution') AS resolution_working_minutes,
    count(*) FILTER (kind = 'first_response_kept') AS first_response_kept,
    count(*) FILTER (kind = 'first_response_missed') AS first_response_missed,
    count(*) FILTER (kind = 'resolution_kept') AS resolution_kept,
    count(*) FILTER (kind = 'resolution_missed') AS resolution_missed,
    count(*) FILTER (kind = 'survey') AS answers,
    avg(value) FILTER (kind = 'survey') AS average,
    count(*) FILTER (kind = 'survey' AND value >= getvariable('satisfied_from')::INTEGER) AS satisfied
FROM dated
GROUP BY GROUPING SETS ((period), (period, type), (period, channel), (period, team), (period, person),
    (period, customer), (period, day));

-- What was open and unsolved at the end of each day: the stays that began before it, less those that ended before it.
CREATE OR REPLACE TEMP TABLE steps AS
SELECT day, sum(step) AS open, sum(step) FILTER (kind = 'stay_unsolved') AS unsolved FROM (
    SELECT kind, moment, 1 AS step FROM chosen WHERE starts_with(kind, 'stay_')
    UNION ALL
    SELECT kind, until, -1 FROM chosen
    WHERE starts_with(kind, 'stay_') AND until < getvariable('ends_at')::TIMESTAMP
) ASOF LEFT JOIN days ON moment >= days.starts_at
GROUP BY day;

CREATE OR REPLACE TEMP TABLE open_by_day AS
SELECT days.day,
    (sum(coalesce(steps.open, 0)) OVER (ORDER BY days.day) + coalesce(first(before.open) OVER (), 0))::BIGINT AS open_at_end,
    (sum(coalesce(steps.unsolved, 0)) OVER (ORDER BY days.day) + coalesce(first(before.unsolved) OVER (), 0))::BIGINT
        AS unsolved_at_end
FROM days LEFT JOIN steps ON steps.day = days.day LEFT JOIN steps AS before ON before.day IS NULL;

-- How the times of the tickets opened in the period, and the scores given in it, are spread.
CREATE OR REPLACE TEMP TABLE spread AS
SELECT kind, CASE WHEN kind = 'survey' THEN value::INTEGER ELSE len(list_filter(getvariable('bounds')::DOUBLE[], lambda bound: value >= bound)) END AS place,
    count(*) AS tickets
FROM counted WHERE period = 'current' AND kind IN ('first_response', 'resolution', 'survey')
GROUP BY ALL;
