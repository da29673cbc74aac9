package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk/intake"
)

// File is a file of answers to a round.
type File struct {
	Name   string
	Round  domain.RoundID
	Reader io.Reader
}

// Imported says what a file came to.
type Imported struct {
	Receipt
	File      string         `json:"file"`
	Round     domain.RoundID `json:"round"`
	DryRun    bool           `json:"dry_run"`
	Rows      int            `json:"rows"`      // answers read
	New       int            `json:"new"`       // reported for the first time
	Changed   int            `json:"changed"`   // appended as corrections
	Unchanged int            `json:"unchanged"` // believed already
}

// Import records the answers of a CSV file, all or nothing. What is believed
// already is left alone, what differs for the same date is recorded as a
// correction that names what it corrects; so the same file twice appends
// nothing. A dry run decides the same and appends nothing. Every refused row is
// a cause of the one Refusal (code import_refused).
func (d *Desk) Import(ctx context.Context, by events.Stamp, f File, dryRun bool) (Imported, error) {
	sum := sha256.New()
	framework, err := d.asked(f.Round)
	if err != nil {
		return Imported{}, err
	}
	var answers []intake.Answer
	read := intake.File{Name: f.Name, Reader: io.TeeReader(f.Reader, sum)}
	if err := intake.Read(read, intake.Options{Framework: framework}, func(a intake.Answer) error { answers = append(answers, a); return nil }); err != nil {
		return Imported{}, err
	}
	src := domain.Source{File: f.Name, SHA256: hex.EncodeToString(sum.Sum(nil))}
	if by.CorrelationID == "" {
		id, err := d.IDs.NewID()
		if err != nil {
			return Imported{}, err
		}
		by.CorrelationID = "import-" + id.String()
	}
	var out Imported
	receipt, err := d.execute(ctx, by, func(s *projections.State) (decision, error) {
		out = Imported{File: f.Name, Round: f.Round, DryRun: dryRun, Rows: len(answers)}
		survey, ok := s.Survey(f.Round)
		if !ok {
			return decision{}, projections.UnknownRound(f.Round)
		}
		dec, err := d.decideImport(s, survey, answers, src, &out)
		if dryRun {
			dec = decision{}
		}
		return dec, err
	})
	if err != nil {
		return Imported{}, err
	}
	out.Receipt = receipt
	return out, nil
}

// asked is the framework that a round asks.
func (d *Desk) asked(id domain.RoundID) (f *domain.Framework, err error) {
	d.Runner.Read(func(s *projections.State) {
		survey, ok := s.Survey(id)
		if !ok {
			err = projections.UnknownRound(id)
		}
		f = survey.Framework
	})
	return f, err
}

// cellKey is a place in a file: two rows for one place and date must agree.
type cellKey struct {
	country   domain.Respondent
	indicator domain.IndicatorID
	effective domain.Date
}

func (d *Desk) decideImport(s *projections.State, survey domain.Survey, answers []intake.Answer, src domain.Source, out *Imported) (decision, error) {
	now := d.Now()
	dec := guarded(survey.Round.ID, nil)
	seen := make(map[cellKey]intake.Answer, len(answers))
	var causes []*domain.Refusal
	for _, a := range answers {
		refuse := func(err error) error {
			r := domain.RefusalOf(err)
			if r == nil {
				return err
			}
			causes = append(causes, rowRefusal(a, r))
			return nil
		}
		cmd, err := commandOf(a, src, survey.Round.ReferenceDate)
		if err != nil {
			if err := refuse(err); err != nil {
				return decision{}, err
			}
			continue
		}
		key := cellKey{cmd.Country, cmd.Indicator, cmd.EffectiveOn}
		if before, ok := seen[key]; ok {
			if before.Status != a.Status {
				causes = append(causes, rowRefusal(a, domain.Refuse(domain.CodeInvalid,
					fmt.Sprintf("row %d says %s and this one %s; keep one", before.Row, before.Status, a.Status))))
			} else {
				out.Unchanged++
			}
			continue
		}
		seen[key] = a
		facts, err := decideRow(s, survey, cmd, now, out)
		if err != nil {
			if err := refuse(err); err != nil {
				return decision{}, err
			}
			continue
		}
		dec.facts = append(dec.facts, facts...)
	}
	if len(causes) > 0 {
		r := domain.Refuse(domain.CodeImport,
			fmt.Sprintf("nothing was imported: %d of %d answers in %s are refused", len(causes), len(answers), src.File), "file", src.File)
		r.Causes = causes
		return decision{}, r
	}
	return dec, nil
}

func decideRow(s *projections.State, survey domain.Survey, cmd domain.Report, now time.Time, out *Imported) ([]domain.Fact, error) {
	cell := s.Cell(survey.Round.ID, cmd.Country, cmd.Indicator)
	facts, err := survey.Report(cell, cmd, now)
	if r := domain.RefusalOf(err); r != nil && r.Code == domain.CodeAlreadyReported {
		facts, err = survey.Correct(cell, domain.Correct{
			EventID: r.Details["event_id"], Status: cmd.Status, EffectiveOn: cmd.EffectiveOn,
			Reason: fmt.Sprintf("changed in %s, row %d", cmd.Source.File, cmd.Source.Row),
			Note:   cmd.Note, Evidence: cmd.Evidence, Source: cmd.Source,
		}, now)
		if err == nil {
			out.Changed++
		}
		return facts, err
	}
	if err == nil && len(facts) == 0 {
		out.Unchanged++
	} else if err == nil {
		out.New++
	}
	return facts, err
}

func commandOf(a intake.Answer, src domain.Source, reference domain.Date) (domain.Report, error) {
	src.Row = a.Row
	if a.Fault != nil {
		return domain.Report{}, a.Fault
	}
	cmd := domain.Report{
		Country: domain.Respondent(a.Country), Indicator: domain.IndicatorID(domain.Typed(a.Indicator)), Status: domain.Status(domain.Typed(a.Status)),
		EffectiveOn: reference, Note: a.Note, Source: src,
	}
	if a.Evidence != "" {
		cmd.Evidence = []string{a.Evidence}
	}
	if a.Effective != "" {
		date, err := domain.ParseDate(a.Effective)
		if err != nil {
			return cmd, err
		}
		cmd.EffectiveOn = date
	}
	return cmd, nil
}

func rowRefusal(a intake.Answer, r *domain.Refusal) *domain.Refusal {
	return domain.Refuse(r.Code, fmt.Sprintf("row %d, indicator %s: %s", a.Row, a.Indicator, r.Message),
		"row", fmt.Sprint(a.Row), "country", a.Country, "indicator", a.Indicator, "status", a.Status)
}
