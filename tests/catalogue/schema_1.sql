-- A query of edexql for DuckDB, on tables of schema 1: see docs/schema.md
-- Rows: name; state, matched or unknown (no information); seconds of the file that match
WITH period AS (
  SELECT
    counter,
    CAST(start_second AS BIGINT) AS start_second,
    CAST(end_second AS BIGINT) AS end_second
  FROM (VALUES
    (1, 1556668800, 1559347200)) AS period(counter, start_second, end_second)
), wanted AS (
  SELECT
    id,
    name,
    start_second,
    end_second
  FROM file
  WHERE
    NOT superseded AND NOT product IS NULL
), edge AS (
  SELECT
    id,
    CASE WHEN side.side = 1 THEN end_second ELSE start_second END AS second,
    side.side AS side
  FROM wanted
  CROSS JOIN (VALUES
    (1),
    (-1)) AS side(side)
  WHERE
    start_second < end_second
    AND end_second > 1556668800
    AND start_second < 1559347200
), counter_interval AS (
  SELECT
    0 AS counter,
    CAST(-1000000000000 AS BIGINT) AS start_second,
    CAST(1000000000000 AS BIGINT) AS end_second
  UNION ALL
  SELECT
    counter,
    start_second,
    end_second
  FROM period
), change AS (
  SELECT
    counter,
    CASE WHEN side.side = 1 THEN start_second ELSE end_second END AS second,
    side.side AS change
  FROM counter_interval
  CROSS JOIN (VALUES
    (1),
    (-1)) AS side(side)
  UNION ALL
  SELECT
    0 AS counter,
    second,
    0 AS change
  FROM (
    SELECT DISTINCT
      second - second % 86400 AS second
    FROM edge
  ) AS moment
), moment AS (
  SELECT
    second,
    SUM(CASE WHEN counter = 1 THEN change ELSE 0 END) AS change_1
  FROM change
  GROUP BY
    second
), level AS (
  SELECT
    second,
    LEAD(second) OVER (ORDER BY second) AS next_second,
    SUM(change_1) OVER (ORDER BY second) AS count_1
  FROM moment
), stretch AS (
  SELECT
    second,
    next_second,
    count_1 > 0 AS predicate_1
  FROM level
  WHERE
    NOT next_second IS NULL
), timeline AS (
  SELECT
    second,
    next_second,
    predicate_1 AS truth
  FROM stretch
), span AS (
  SELECT
    second,
    CASE WHEN truth THEN next_second - second ELSE 0 END AS sure,
    CASE WHEN truth IS FALSE THEN 0 ELSE next_second - second END AS possible
  FROM timeline
), passed AS (
  SELECT
    second,
    sure,
    possible,
    CAST(SUM(sure) OVER (ORDER BY second) AS BIGINT) AS sure_after,
    CAST(SUM(possible) OVER (ORDER BY second) AS BIGINT) AS possible_after
  FROM span
), point AS (
  SELECT
    CAST(NULL AS BIGINT) AS id,
    0 AS side,
    second,
    second AS began
  FROM passed
  UNION ALL
  SELECT
    id,
    side,
    second,
    NULL
  FROM edge
), located AS (
  SELECT
    id,
    side,
    second,
    MAX(began) OVER (PARTITION BY second - second % 86400 ORDER BY second) AS began
  FROM point
), measured_edge AS (
  SELECT
    id,
    side,
    LEAST(sure_after, sure_after - sure + located.second - began) AS sure,
    LEAST(possible_after, possible_after - possible + located.second - began) AS possible
  FROM located
  JOIN passed
    ON passed.second = located.began
  WHERE
    NOT id IS NULL
), measured AS (
  SELECT
    id,
    CAST(SUM(side * sure) AS BIGINT) AS seconds,
    SUM(side * possible) AS possible
  FROM measured_edge
  GROUP BY
    id
)
SELECT
  name,
  CASE WHEN seconds > 0 THEN 'matched' ELSE 'unknown' END AS state,
  COALESCE(seconds, 0) AS seconds
FROM wanted
LEFT JOIN measured
  ON measured.id = wanted.id
WHERE
  possible > 0 OR start_second IS NULL
ORDER BY
  wanted.id
