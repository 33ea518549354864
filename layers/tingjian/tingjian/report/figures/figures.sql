-- The figures of the report's period and of the one before it, as a whole (dimension 'all') and broken down.
-- Every figure is a number, a time or a mean over the facts of one kind at an instant in the period, save the two at its
-- end, which are of stays that reach it: `stay_unsolved` and `stay_resolved` are open there, the first ones unsolved.
-- What is asked is in variables: the periods' ends, the filters, the least score that is satisfied.

-- The facts that the filters leave, of tickets live, imported or both.
CREATE OR REPLACE TEMP VIEW chosen AS
SELECT * FROM facts
WHERE (getvariable('imported')::BOOLEAN IS NULL OR imported = getvariable('imported')::BOOLEAN)
    AND (getvariable('type')::VARCHAR IS NULL OR type = getvariable('type')::VARCHAR)
    AND (getvariable('channel')::VARCHAR IS NULL OR channel = getvariable('channel')::VARCHAR)
    AND (getvariable('priority')::VARCHAR IS NULL OR priority = getvariable('priority')::VARCHAR)
    AND (getvariable('team')::VARCHAR IS NULL OR team = getvariable('team')::VARCHAR)
    AND (getvariable('person')::VARCHAR IS NULL OR person = getvariable('person')::VARCHAR)
    AND (getvariable('customer')::VARCHAR IS NULL OR customer = getvariable('customer')::VARCHAR)
    AND (getvariable('source')::VARCHAR IS NULL OR source = getvariable('source')::VARCHAR);

CREATE OR REPLACE TEMP MACRO counted_between(begins, ends) AS TABLE
SELECT kind, moment, ticket, value, working, type, channel, team, person, customer FROM chosen
WHERE kind NOT IN ('stay_unsolved', 'stay_resolved') AND moment >= begins AND moment < ends
UNION ALL
SELECT kind, ends, ticket, NULL, NULL, type, channel, team, person, customer FROM chosen
WHERE kind IN ('stay_unsolved', 'stay_resolved') AND moment < ends AND (until IS NULL OR until >= ends);

-- The facts of the period, each with its local day. A stretch is a span of days that begin at one hour of UTC.
CREATE OR REPLACE TEMP TABLE counted AS
SELECT counted.* EXCLUDE (ticket),
    least(greatest((counted.moment + stretches.shift)::DATE, stretches.first_day), stretches.last_day) AS day
FROM counted_between(getvariable('starts_at')::TIMESTAMP, getvariable('ends_at')::TIMESTAMP) AS counted
LEFT JOIN stretches ON counted.moment >= stretches.starts_at AND counted.moment < stretches.ends_at;

-- The customers with the most requests; all others together are `*`.
CREATE OR REPLACE TEMP TABLE top_customers AS
SELECT customer FROM counted GROUP BY customer
ORDER BY count(*) FILTER (kind = 'opened') DESC, count(*) FILTER (kind = 'resolved') DESC, customer
LIMIT getvariable('top_customers')::INTEGER;

CREATE OR REPLACE TEMP VIEW ranked AS
SELECT * REPLACE (
    CASE WHEN customer IN (SELECT customer FROM top_customers) THEN customer ELSE '*' END AS customer
) FROM counted;

CREATE OR REPLACE TEMP TABLE figures AS
SELECT 'current' AS period,
    CASE WHEN grouping(type) = 0 THEN 'type' WHEN grouping(channel) = 0 THEN 'channel'
        WHEN grouping(team) = 0 THEN 'team' WHEN grouping(person) = 0 THEN 'person'
        WHEN grouping(customer) = 0 THEN 'customer' WHEN grouping(day) = 0 THEN 'day' ELSE 'all' END AS dimension,
    coalesce(type, channel, team, person, customer, day::VARCHAR, '') AS key,
    kind, count(*) AS number, quantile_cont(value, [0.5, 0.9]) AS times, quantile_cont(working, [0.5, 0.9]) AS working_times,
    avg(value) AS mean, count(*) FILTER (value >= getvariable('satisfied_from')::INTEGER) AS satisfied
FROM ranked
GROUP BY GROUPING SETS ((kind), (kind, type), (kind, channel), (kind, team), (kind, person), (kind, customer), (kind, day))
UNION ALL
SELECT 'previous', 'all', '', kind, count(*), quantile_cont(value, [0.5, 0.9]), quantile_cont(working, [0.5, 0.9]),
    avg(value), count(*) FILTER (value >= getvariable('satisfied_from')::INTEGER)
FROM counted_between(getvariable('before_starts_at')::TIMESTAMP, getvariable('starts_at')::TIMESTAMP)
GROUP BY kind;

-- What was open and unsolved at the end of each day: the stays that began before it, less those that ended before it.
CREATE OR REPLACE TEMP TABLE steps AS
SELECT least(greatest((moment + stretches.shift)::DATE, stretches.first_day), stretches.last_day) AS day,
    sum(step) AS open, sum(step) FILTER (kind = 'stay_unsolved') AS unsolved
FROM (
    SELECT kind, unnest([moment, until]) AS moment, unnest([1, -1]) AS step FROM chosen
    WHERE kind IN ('stay_unsolved', 'stay_resolved') AND moment < getvariable('ends_at')::TIMESTAMP
)
LEFT JOIN stretches ON moment >= stretches.starts_at AND moment < stretches.ends_at
WHERE moment < getvariable('ends_at')::TIMESTAMP
GROUP BY day;

CREATE OR REPLACE TEMP TABLE open_by_day AS
SELECT days.day,
    (sum(coalesce(steps.open, 0)) OVER (ORDER BY days.day) + coalesce(first(before.open) OVER (), 0))::BIGINT AS open_at_end,
    (sum(coalesce(steps.unsolved, 0)) OVER (ORDER BY days.day) + coalesce(first(before.unsolved) OVER (), 0))::BIGINT
        AS unsolved_at_end
FROM days LEFT JOIN steps ON steps.day = days.day LEFT JOIN steps AS before ON before.day IS NULL;

-- How the times of the tickets opened in the period, and the scores given in it, are spread.
CREATE OR REPLACE TEMP TABLE spread AS
SELECT kind,
    CASE WHEN kind = 'survey' THEN value::INTEGER
        ELSE len(list_filter(getvariable('bounds')::DOUBLE[], lambda bound: value >= bound)) END AS place,
    count(*) AS tickets
FROM counted WHERE kind IN ('first_response', 'resolution', 'survey')
GROUP BY ALL;
