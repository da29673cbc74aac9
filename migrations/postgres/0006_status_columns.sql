-- +goose Up
-- What statuses carry since their schema versions 2 and 3. New columns stand at the
-- end, so that the views keep their grants and whatever depends on them.
CREATE OR REPLACE VIEW headway.status_history AS
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
       e.simulated,
       p.late_reason,
       p.evidence,
       p.documents,
       p.submission,
       coalesce(p.submitted_by, e.actor) AS submitted_by,
       CASE WHEN p.submission IS NOT NULL THEN e.actor END AS approved_by
FROM headway.event AS e
CROSS JOIN LATERAL json_to_record(headway.payload(e.data)) AS p (
  country text, indicator text, status text, reason text, corrects text, withdraws text, note text,
  late_reason text, evidence json, documents json, submission text, submitted_by text)
WHERE e.type IN ('status.reported', 'status.corrected', 'status.withdrawn');

COMMENT ON COLUMN headway.status_history.late_reason IS 'Why it came after the round was closed; null where it did not';
COMMENT ON COLUMN headway.status_history.evidence IS 'Web addresses of evidence';
COMMENT ON COLUMN headway.status_history.documents IS 'Files of evidence: name, type, size in bytes, sha256';
COMMENT ON COLUMN headway.status_history.submission IS 'Event id of the submission that it was approved from; null where it was recorded without a review';
COMMENT ON COLUMN headway.status_history.submitted_by IS 'Pseudonym of who submitted or recorded it';
COMMENT ON COLUMN headway.status_history.approved_by IS 'Pseudonym of who approved it; null where it was recorded without a review';

CREATE OR REPLACE VIEW headway.current_status AS
SELECT DISTINCT ON (s.framework, s.country, s.indicator, s.round)
       s.country, s.indicator, s.round, s.framework, s.status, s.note,
       s.effective_on, s.recorded_at, s.position, s.event_id, s.actor, s.source, s.simulated,
       s.late_reason, s.evidence, s.documents, s.submission, s.submitted_by, s.approved_by
FROM headway.status_history AS s
WHERE s.kind <> 'withdrawn'
  AND NOT EXISTS (
    SELECT FROM headway.status_history AS l
    WHERE l.supersedes = s.event_id::text AND l.position > s.position
      AND l.framework = s.framework AND l.country = s.country AND l.indicator = s.indicator AND l.round = s.round)
ORDER BY s.framework, s.country, s.indicator, s.round, s.effective_on DESC, s.position DESC;

COMMENT ON COLUMN headway.current_status.late_reason IS 'Why it came after the round was closed; null where it did not';
COMMENT ON COLUMN headway.current_status.evidence IS 'Web addresses of evidence';
COMMENT ON COLUMN headway.current_status.documents IS 'Files of evidence: name, type, size in bytes, sha256';
COMMENT ON COLUMN headway.current_status.submission IS 'Event id of the submission that it was approved from; null where it was recorded without a review';
COMMENT ON COLUMN headway.current_status.submitted_by IS 'Pseudonym of who submitted or recorded it';
COMMENT ON COLUMN headway.current_status.approved_by IS 'Pseudonym of who approved it; null where it was recorded without a review';
