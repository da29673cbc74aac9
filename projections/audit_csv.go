package projections

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"headway/domain"
)

var auditColumns = []string{"position", "event_id", "type", "stream", "version", "recorded_at", "effective_on", "actor", "round", "framework", "country",
	"indicator", "status", "supersedes", "superseded_by", "reason", "late_reason", "comment", "note", "evidence", "documents", "submission",
	"submitted_by", "approved_by", "subject", "source_document", "source_section", "source_page", "source_file", "source_row", "source_url",
	"source_quote", "simulated", "withheld", "source_sha256", "proof"}

// WriteAuditCSV writes what a search found, as it is found: UTF-8, a header, and a
// line an event, in which no cell is a formula. Several values of a cell have line
// ends between them. It ends at the first error, the search's or the writer's.
//
// A byte-order mark, if asked for, is for spreadsheets that would not take the file
// for UTF-8.
func WriteAuditCSV(w io.Writer, bom bool, rows iter.Seq2[AuditRow, error]) error {
	out := bufio.NewWriter(w) // shared with the CSV writer: of a refused search nothing is written
	if bom {
		if _, err := out.WriteString("\ufeff"); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	c := csv.NewWriter(out)
	write := func(cells []string) error {
		for i, s := range cells {
			cells[i] = domain.Inert(s)
		}
		return c.Write(cells)
	}
	if err := write(append([]string(nil), auditColumns...)); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := write(row.cells()); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// cells are the values of auditColumns.
func (row *AuditRow) cells() []string {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	src := domain.Source{}
	if row.Source != nil {
		src = *row.Source
	}
	line := ""
	if src.Row > 0 {
		line = strconv.Itoa(src.Row)
	}
	indicators := []string{string(row.Indicator)}
	evidence, documents := row.Evidence, row.Documents
	if len(row.Drafts) > 0 {
		indicators = nil
	}
	for _, d := range row.Drafts {
		indicators = append(indicators, string(d.Indicator))
		evidence, documents = append(evidence[:len(evidence):len(evidence)], d.Evidence...), append(documents[:len(documents):len(documents)], d.Documents...)
	}
	names := make([]string, len(documents))
	for i, d := range documents {
		names[i] = d.Name
	}
	return []string{strconv.FormatInt(int64(row.Position), 10), row.EventID, row.Type, row.Stream, strconv.FormatInt(row.Version, 10),
		row.RecordedAt.UTC().Format(time.RFC3339Nano), row.EffectiveOn.String(), row.Actor, string(row.Round), string(row.Framework), string(row.Country),
		strings.Join(indicators, "\n"), string(row.Status), text(row.Supersedes), text(row.SupersededBy), text(row.Reason), row.LateReason,
		row.Comment, row.Note, strings.Join(evidence, "\n"), strings.Join(names, "\n"), row.Submission, row.SubmittedBy, row.ApprovedBy, row.Subject,
		src.Document, src.Section, src.Page, src.File, line, src.URL, src.Quote, strconv.FormatBool(row.Simulated), strconv.FormatBool(row.Withheld),
		src.SHA256, row.Proof}
}
