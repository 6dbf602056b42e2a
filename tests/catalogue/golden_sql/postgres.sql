-- A query of edexql for PostgreSQL, on tables of schema 1: see docs/schema.md
-- Rows: name; state, matched or unknown (no information); seconds of the file that match
-- the query
-- in two lines
WITH period AS (
  SELECT
    counter,
    CAST(start_second AS BIGINT) AS start_second,
    CAST(end_second AS BIGINT) AS end_second
  FROM (VALUES
    (10, 1556668800, 1556755200)) AS period(counter, start_second, end_second)
), wanted AS (
  SELECT
    id,
    name,
    start_second,
    end_second
  FROM file
  WHERE
    NOT superseded AND product IN ('fai-lv1-hdf5-images')
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
    AND start_second < 1556755200
), run AS (
  SELECT
    MIN(second) AS start_second,
    MAX(second) + 1 AS end_second,
    state
  FROM (
    SELECT
      second,
      day,
      state,
      second - ROW_NUMBER() OVER (PARTITION BY day, state ORDER BY second) AS island
    FROM (
      SELECT
        second,
        second - second % 86400 AS day,
        COALESCE(
          CAST((
            COALESCE("magnetic_latitude", "dipole_latitude") >= 65 AND "altitude" <= 499.9
          ) AS INT),
          2
        ) * CAST(1 AS BIGINT) AS state
      FROM ephemeris
      WHERE
        second >= 1556668800
        AND month >= 201905
        AND second < 1556755200
        AND month <= 201905
    ) AS sample
    WHERE
      state > 0
  ) AS numbered
  GROUP BY
    day,
    state,
    island
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
  UNION ALL
  SELECT
    asked.counter,
    start_second,
    end_second
  FROM logged
  JOIN (VALUES
    (3, 'fai', 'has-data'),
    (5, 'experiment', 'Odd > it''s')) AS asked(counter, key, word)
    ON asked.key = logged.key AND asked.word = logged.word
  UNION ALL
  SELECT
    asked.counter,
    start_second,
    end_second
  FROM covered
  JOIN (VALUES
    (4, 'fai', 'has-data'),
    (4, 'fai', '*'),
    (6, 'experiment', 'Odd > it''s'),
    (6, 'experiment', '*')) AS asked(counter, key, word)
    ON asked.key = covered.key AND asked.word = covered.word
  UNION ALL
  SELECT
    asked.counter,
    start_second,
    end_second
  FROM held
  CROSS JOIN (VALUES
    (1),
    (2)) AS asked(counter)
  WHERE
    CASE asked.counter
      WHEN 1
      THEN field = 'kp' AND value >= 4.666666666666667e0
      WHEN 2
      THEN field = 'kp'
    END
  UNION ALL
  SELECT
    asked.counter,
    start_second,
    end_second
  FROM run
  JOIN (VALUES
    (7, 1),
    (8, 2)) AS asked(counter, bit)
    ON (
      state & asked.bit
    ) > 0
  UNION ALL
  SELECT
    9 AS counter,
    start_second,
    end_second
  FROM present
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
    SUM(CASE WHEN counter = 1 THEN change ELSE 0 END) AS change_1,
    SUM(CASE WHEN counter = 2 THEN change ELSE 0 END) AS change_2,
    SUM(CASE WHEN counter = 3 THEN change ELSE 0 END) AS change_3,
    SUM(CASE WHEN counter = 4 THEN change ELSE 0 END) AS change_4,
    SUM(CASE WHEN counter = 5 THEN change ELSE 0 END) AS change_5,
    SUM(CASE WHEN counter = 6 THEN change ELSE 0 END) AS change_6,
    SUM(CASE WHEN counter = 7 THEN change ELSE 0 END) AS change_7,
    SUM(CASE WHEN counter = 8 THEN change ELSE 0 END) AS change_8,
    SUM(CASE WHEN counter = 9 THEN change ELSE 0 END) AS change_9,
    SUM(CASE WHEN counter = 10 THEN change ELSE 0 END) AS change_10
  FROM change
  GROUP BY
    second
), level AS (
  SELECT
    second,
    LEAD(second) OVER (ORDER BY second) AS next_second,
    SUM(change_1) OVER (ORDER BY second) AS count_1,
    SUM(change_2) OVER (ORDER BY second) AS count_2,
    SUM(change_3) OVER (ORDER BY second) AS count_3,
    SUM(change_4) OVER (ORDER BY second) AS count_4,
    SUM(change_5) OVER (ORDER BY second) AS count_5,
    SUM(change_6) OVER (ORDER BY second) AS count_6,
    SUM(change_7) OVER (ORDER BY second) AS count_7,
    SUM(change_8) OVER (ORDER BY second) AS count_8,
    SUM(change_9) OVER (ORDER BY second) AS count_9,
    SUM(change_10) OVER (ORDER BY second) AS count_10
  FROM moment
), stretch AS (
  SELECT
    second,
    next_second,
    CASE WHEN count_1 > 0 THEN TRUE WHEN count_2 > 0 THEN FALSE END AS predicate_1,
    CASE WHEN count_3 > 0 THEN TRUE WHEN count_4 > 0 THEN FALSE END AS predicate_2,
    CASE WHEN count_5 > 0 THEN TRUE WHEN count_6 > 0 THEN FALSE END AS predicate_3,
    CASE WHEN count_7 > 0 THEN TRUE WHEN count_8 = 0 AND count_9 > 0 THEN FALSE END AS predicate_4,
    count_10 > 0 AS predicate_5
  FROM level
  WHERE
    NOT next_second IS NULL
), timeline AS (
  SELECT
    second,
    next_second,
    (
      predicate_5
      AND (
        predicate_1 OR predicate_2
      )
      AND (
        NOT predicate_3 OR predicate_4
      )
    ) AS truth
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
