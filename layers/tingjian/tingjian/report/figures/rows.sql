-- The tickets behind the figures of the period, one row each: what was counted of them, and all their times.

SELECT tickets.*, counts.opened, counts.answered, counts.resolved, counts.closed, counts.reopened_now, counts.open_at_end,
    counts.unsolved_at_end
FROM tickets JOIN (
    SELECT ticket,
        count(*) FILTER (kind = 'opened') AS opened,
        count(*) FILTER (kind = 'answered') AS answered,
        count(*) FILTER (kind = 'resolved') AS resolved,
        count(*) FILTER (kind = 'closed') AS closed,
        count(*) FILTER (kind = 'reopened') AS reopened_now,
        count(*) FILTER (starts_with(kind, 'stay_')) AS open_at_end,
        count(*) FILTER (kind = 'stay_unsolved') AS unsolved_at_end
    FROM counted_between(getvariable('starts_at')::TIMESTAMP, getvariable('ends_at')::TIMESTAMP) GROUP BY ticket
) AS counts USING (ticket)
ORDER BY tickets.opened_at, tickets.ticket;
