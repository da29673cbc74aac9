package desk

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"time"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk/intake"
)

// importing is one decision about a file.
type importing struct {
	state   *projections.State
	survey  domain.Survey
	file    File
	list    *answerList
	now     time.Time
	out     Imported
	batcher *batcher // nil in a dry run
	seen    map[cellKey]int32
	refused refusals
	outcome hash.Hash
}

// cellKey is a place that one status is for: two rows for it must agree.
type cellKey struct {
	country   domain.Respondent
	indicator domain.IndicatorID
	effective uint32
}

func newImporting(d *Desk, s *projections.State, survey domain.Survey, f File, l *answerList) *importing {
	return &importing{state: s, survey: survey, file: f, list: l, now: d.Now(), seen: make(map[cellKey]int32, len(l.rows)), outcome: sha256.New(),
		refused: newRefusals(s, survey),
		out:     Imported{File: f.Name, Round: f.Round, Rows: len(l.rows), Late: survey.Round.Closed, Simulated: survey.Round.Simulated, Changes: []Change{}}}
}

// record says where the events go.
func (i *importing) record(b *batcher) {
	b.guard(domain.RoundStream(i.survey.Round.ID))
	i.batcher = b
}

// batches are what is to be appended; none where nothing is new.
func (i *importing) batches() []events.Batch {
	if i.batcher == nil || i.out.New+i.out.Changed == 0 {
		return nil
	}
	return i.batcher.out
}

// decide decides about every answer, and about the file.
func (i *importing) decide(ctx context.Context) error {
	tell := i.file.told()
	for n := range i.list.rows {
		if err := i.answer(n); err != nil {
			return err
		}
		if tell(ImportDecides, n+1, len(i.list.rows)); n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	i.out.Outcome = digest(i.outcome.Sum(nil))
	i.out.Refused = i.refused.count
	switch {
	case i.out.Refused > 0:
		return i.refused.refusal(i.out)
	case i.file.Outcome != "" && i.file.Outcome != i.out.Outcome:
		return outcomeChanged(i.file)
	}
	if i.batcher != nil {
		tell(ImportRecords, 0, 0)
	}
	return nil
}

// answer decides about one answer. Its error is none of the answer's.
func (i *importing) answer(n int) error {
	a := i.list.at(n)
	if i.refused.full() {
		// Only the count matters now, and naming what is near takes time.
		if _, known := i.survey.Framework.Indicator(domain.IndicatorID(domain.Typed(a.Indicator))); !known {
			i.refused.count++
			return nil
		}
	}
	cmd, err := commandOf(a, i.list.source, i.survey.Round.ReferenceDate)
	if err != nil {
		return i.refuse(a, err)
	}
	cmd.LateReason = i.file.LateReason
	key := cellKey{cmd.Country, cmd.Indicator, cmd.EffectiveOn.Pack()}
	if before, twice := i.seen[key]; twice {
		if r := disagreement(i.list.at(int(before)), a); r != nil {
			return i.refuse(a, r)
		}
		i.out.Unchanged++
		return i.note('=', "")
	}
	change, facts, err := i.outlook(cmd)
	if err != nil {
		return i.refuse(a, err)
	}
	i.seen[key] = int32(n)
	switch {
	case len(facts) == 0:
		i.out.Unchanged++
		return i.note('=', "")
	case change == nil:
		i.out.New++
		err = i.note('+', "")
	default:
		i.out.Changed++
		if len(i.out.Changes) < MostListed {
			change.Sheet, change.Row, change.Column = a.Sheet, a.Row, a.Column
			i.out.Changes = append(i.out.Changes, *change)
		}
		err = i.note('~', change.Corrects)
	}
	if err != nil || i.batcher == nil || i.refused.count > 0 {
		return err // what follows a refused answer is decided, and not recorded
	}
	for _, f := range facts {
		if err := i.batcher.add(f); err != nil {
			return err
		}
	}
	return nil
}

// outlook is what an answer comes to: facts, and the change that they make where
// they correct what is believed.
func (i *importing) outlook(cmd domain.Report) (*Change, []domain.Fact, error) {
	cell := i.state.Cell(i.survey.Round.ID, cmd.Country, cmd.Indicator)
	facts, err := i.survey.Report(cell, cmd, i.now)
	r := domain.RefusalOf(err)
	if r == nil || r.Code != domain.CodeAlreadyReported {
		return nil, facts, err
	}
	change := &Change{Country: cmd.Country, Indicator: cmd.Indicator, EffectiveOn: cmd.EffectiveOn, From: domain.Status(r.Details["status"]),
		To: cmd.Status, Corrects: r.Details["event_id"]}
	facts, err = i.survey.Correct(cell, domain.Correct{
		EventID: change.Corrects, Status: cmd.Status, EffectiveOn: cmd.EffectiveOn, Reason: fmt.Sprintf("changed in %s, row %d", cmd.Source.File, cmd.Source.Row),
		Note: cmd.Note, Evidence: cmd.Evidence, LateReason: cmd.LateReason, Source: cmd.Source,
	}, i.now)
	return change, facts, err
}

func (i *importing) refuse(a intake.Answer, err error) error {
	r := domain.RefusalOf(err)
	if r == nil {
		return err
	}
	i.refused.add(a, r)
	return i.note('!', "")
}

// note adds what an answer comes to to the digest.
func (i *importing) note(what byte, corrects string) error {
	if _, err := i.outcome.Write(append([]byte(corrects), what)); err != nil {
		return fmt.Errorf("digest the outcome: %w", err)
	}
	return nil
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
