-- +goose Up
-- Views for people with psql, Metabase or Grafana. They agree with the program's
-- own folds, which are the definition; nothing in the program reads them.

-- The payload as JSON that every JSON function takes: an escaped zero character
-- and half a surrogate pair are legal JSON, but Postgres has no text for them.
-- +goose StatementBegin
CREATE FUNCTION headway.payload(data json) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN strpos(data::text, '\u') = 0 THEN data
    ELSE regexp_replace(data::text, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1\\ufffd', 'g')::json END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION headway.payload IS 'The payload of an event, with U+FFFD for what Postgres cannot hold as text';

CREATE VIEW headway.status_history AS
SELECT p.country,
       p.indicator,
       e.round,
       split_part(e.stream, '/', 2)     AS framework,
       p.status,
       substr(e.type, 8)                AS kind,
       p.reason,
       coalesce(p.corrects, p.withdraws) AS supersedes,
       p.note,
       e.effective_on,
       e.recorded_at,
       e.position,
       e.id                             AS event_id,
       e.actor,
       nullif(e.source, '')::json       AS source,
       e.simulated
FROM headway.event AS e
CROSS JOIN LATERAL json_to_record(headway.payload(e.data)) AS p (
  country text, indicator text, status text, reason text, corrects text, withdraws text, note text)
WHERE e.type IN ('status.reported', 'status.corrected', 'status.withdrawn');

COMMENT ON VIEW headway.status_history IS 'Everything that was ever said of a country and an indicator, each saying a row';
COMMENT ON COLUMN headway.status_history.country IS 'ISO 3166-1 alpha-3, or the code of a respondent without one';
COMMENT ON COLUMN headway.status_history.indicator IS 'domain.capability.indicator';
COMMENT ON COLUMN headway.status_history.round IS 'Survey round';
COMMENT ON COLUMN headway.status_history.framework IS 'Framework that the indicator belongs to';
COMMENT ON COLUMN headway.status_history.status IS 'Value on the scale of the indicator, no_answer or not_applicable; null for a withdrawal';
COMMENT ON COLUMN headway.status_history.kind IS 'reported, corrected or withdrawn';
COMMENT ON COLUMN headway.status_history.reason IS 'Why it was corrected or withdrawn';
COMMENT ON COLUMN headway.status_history.supersedes IS 'Event that it corrects or withdraws';
COMMENT ON COLUMN headway.status_history.note IS 'Remark of who reported';
COMMENT ON COLUMN headway.status_history.effective_on IS 'When it was so: 2021, 2021-03 or 2021-03-15';
COMMENT ON COLUMN headway.status_history.recorded_at IS 'When it was learned';
COMMENT ON COLUMN headway.status_history.position IS 'Place in the log';
COMMENT ON COLUMN headway.status_history.event_id IS 'Id of the event';
COMMENT ON COLUMN headway.status_history.actor IS 'Pseudonym of who caused it';
COMMENT ON COLUMN headway.status_history.source IS 'Document, page, file and row, or URL';
COMMENT ON COLUMN headway.status_history.simulated IS 'True for what was never said by a country';

-- A status stands while no later event of its cell corrects or withdraws it; of
-- those that stand the one with the latest effective date is believed, and of
-- those the one recorded last. In the collation "C" 2021 sorts before 2021-03.
CREATE VIEW headway.current_status AS
SELECT DISTINCT ON (s.framework, s.country, s.indicator, s.round)
       s.country, s.indicator, s.round, s.framework, s.status, s.note,
       s.effective_on, s.recorded_at, s.position, s.event_id, s.actor, s.source, s.simulated
FROM headway.status_history AS s
WHERE s.kind <> 'withdrawn'
  AND NOT EXISTS (
    SELECT FROM headway.status_history AS l
    WHERE l.supersedes = s.event_id::text AND l.position > s.position
      AND l.framework = s.framework AND l.country = s.country AND l.indicator = s.indicator AND l.round = s.round)
ORDER BY s.framework, s.country, s.indicator, s.round, s.effective_on DESC, s.position DESC;

COMMENT ON VIEW headway.current_status IS 'What is believed now of each country, indicator and round: neither corrected nor withdrawn, latest effective date first';
COMMENT ON COLUMN headway.current_status.country IS 'ISO 3166-1 alpha-3, or the code of a respondent without one';
COMMENT ON COLUMN headway.current_status.indicator IS 'domain.capability.indicator';
COMMENT ON COLUMN headway.current_status.round IS 'Survey round';
COMMENT ON COLUMN headway.current_status.framework IS 'Framework that the indicator belongs to';
COMMENT ON COLUMN headway.current_status.status IS 'Value on the scale of the indicator, no_answer or not_applicable; no_answer is never a no';
COMMENT ON COLUMN headway.current_status.note IS 'Remark of who reported';
COMMENT ON COLUMN headway.current_status.effective_on IS 'When it was so: 2021, 2021-03 or 2021-03-15';
COMMENT ON COLUMN headway.current_status.recorded_at IS 'When it was learned';
COMMENT ON COLUMN headway.current_status.position IS 'Place in the log';
COMMENT ON COLUMN headway.current_status.event_id IS 'Event that said so';
COMMENT ON COLUMN headway.current_status.actor IS 'Pseudonym of who caused it';
COMMENT ON COLUMN headway.current_status.source IS 'Document, page, file and row, or URL';
COMMENT ON COLUMN headway.current_status.simulated IS 'True for what was never said by a country';

CREATE VIEW headway.published_figure AS
SELECT f.id                        AS figure,
       f.round,
       nullif(f.indicator, '')     AS indicator,
       f.population,
       f.population_name,
       f."count",
       f.denominator,
       f.stated_percent,
       round(100.0 * f."count" / nullif(f.denominator, 0), 2) AS computed_percent,
       f.note,
       e.effective_on,
       e.recorded_at,
       e.position,
       e.id                        AS event_id,
       e.actor,
       nullif(e.source, '')::json  AS source,
       e.simulated
FROM headway.event AS e
CROSS JOIN LATERAL json_to_record(headway.payload(e.data) -> 'figure') AS f (
  id text, round text, indicator text, population text, population_name json,
  "count" bigint, denominator bigint, stated_percent numeric, note text)
WHERE e.type = 'figure.published';

COMMENT ON VIEW headway.published_figure IS 'Totals as a source has published them; no status of a country is derived from them';
COMMENT ON COLUMN headway.published_figure.figure IS 'Id of the figure';
COMMENT ON COLUMN headway.published_figure.round IS 'Survey round it is about';
COMMENT ON COLUMN headway.published_figure.indicator IS 'domain.capability.indicator; null for a figure about the respondents themselves';
COMMENT ON COLUMN headway.published_figure.population IS 'Who is in the denominator';
COMMENT ON COLUMN headway.published_figure.population_name IS 'The same in words, by language';
COMMENT ON COLUMN headway.published_figure."count" IS 'How many were counted';
COMMENT ON COLUMN headway.published_figure.denominator IS 'Of how many';
COMMENT ON COLUMN headway.published_figure.stated_percent IS 'Percentage as printed; null where none is. It need not be the rounded quotient.';
COMMENT ON COLUMN headway.published_figure.computed_percent IS 'The quotient in per cent';
COMMENT ON COLUMN headway.published_figure.note IS 'Remark of the transcriber';
COMMENT ON COLUMN headway.published_figure.effective_on IS 'When it was so: 2021, 2021-03 or 2021-03-15';
COMMENT ON COLUMN headway.published_figure.recorded_at IS 'When it was learned';
COMMENT ON COLUMN headway.published_figure.position IS 'Place in the log';
COMMENT ON COLUMN headway.published_figure.event_id IS 'Event that said so';
COMMENT ON COLUMN headway.published_figure.actor IS 'Pseudonym of who caused it';
COMMENT ON COLUMN headway.published_figure.source IS 'Document, page and place it was taken from';
COMMENT ON COLUMN headway.published_figure.simulated IS 'True for what was never published';
