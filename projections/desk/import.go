package desk

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk/intake"
)

// File is a file of answers to a round, and how it is to be taken.
type File struct {
	Name   string
	Round  domain.RoundID
	Reader io.Reader
	// Mapping says what the columns of another program mean; nil where there is none.
	Mapping *intake.Mapping
	// LateReason says why the answers come after the round was closed; a closed
	// round takes none without.
	LateReason string
	// Outcome is that of a dry run, where the import must come to the same; ""
	// takes whatever it comes to.
	Outcome string
	// Progress is told how many answers were read, and how many of those were
	// decided; nil tells nobody.
	Progress func(ImportProgress)
}

// ImportProgress is how far an import is.
type ImportProgress struct {
	Stage       ImportStage
	Done, Total int // answers; Total is 0 where it is not known yet
}

// ImportStage is what an import does.
type ImportStage string

// The stages of an import, in their order. Recording is one step, which is done or
// not.
const (
	ImportReads   ImportStage = "reading"
	ImportDecides ImportStage = "checking"
	ImportRecords ImportStage = "recording"
)

// Imported says what a file came to. Each of its rows is new, changed, unchanged
// or refused.
type Imported struct {
	Receipt
	File      string         `json:"file"`
	Round     domain.RoundID `json:"round"`
	DryRun    bool           `json:"dry_run"`
	Late      bool           `json:"late,omitempty"`
	Rows      int            `json:"rows"`      // answers read
	New       int            `json:"new"`       // reported for the first time
	Changed   int            `json:"changed"`   // appended as corrections
	Unchanged int            `json:"unchanged"` // believed already, or said twice in the file
	Refused   int            `json:"refused"`
	Changes   []Change       `json:"changes"` // the first MostListed of what is changed
	// Outcome is a digest of what each answer comes to: two that are equal record
	// the same.
	Outcome string `json:"outcome"`
	// Simulated says that the round is.
	Simulated bool `json:"simulated,omitempty"`
}

// Change is an answer that differs from what is believed, and corrects it.
type Change struct {
	Sheet       string             `json:"sheet,omitempty"`
	Row         int                `json:"row"`
	Column      string             `json:"column,omitempty"`
	Country     domain.Respondent  `json:"country"`
	Indicator   domain.IndicatorID `json:"indicator"`
	EffectiveOn domain.Date        `json:"effective_on"`
	From        domain.Status      `json:"from"`
	To          domain.Status      `json:"to"`
	Corrects    string             `json:"corrects"` // the event
}

// Bounds of an import. Counts are exact beyond MostListed.
const (
	MostListed  = 1000      // changes and refusals that are listed
	MostAnswers = 1_000_000 // answers in a file
)

// Import records the answers of a file, all or nothing. What is believed already
// is left alone, what differs for the same date is recorded as a correction that
// names what it corrects; so the same file twice appends nothing. A dry run
// decides the same and appends nothing.
//
// Where answers are refused the error is one Refusal (code import_refused) whose
// causes are the first MostListed of them, each with its place in the file, its
// value and the nearest valid one; what the other answers come to is told beside
// it. Where File.Outcome is given and the log has moved so that the file comes to
// something else, the code is outcome_changed.
func (d *Desk) Import(ctx context.Context, by events.Stamp, f File, dryRun bool) (Imported, error) {
	framework, err := d.asked(f.Round)
	if err != nil {
		return Imported{}, err
	}
	list, err := readAnswers(f, framework)
	if err != nil {
		return Imported{}, err
	}
	if by.CorrelationID == "" {
		id, err := d.IDs.NewID()
		if err != nil {
			return Imported{}, err
		}
		by.CorrelationID = "import-" + id.String()
	}
	var out Imported
	receipt, err := d.execute(ctx, by, func(s *projections.State) (decision, error) {
		survey, ok := s.Survey(f.Round)
		if !ok {
			return decision{}, projections.UnknownRound(f.Round)
		}
		if err := survey.Admits(f.LateReason); err != nil {
			return decision{}, err
		}
		i := newImporting(d, s, survey, f, list)
		if !dryRun {
			i.record(d.batcher(s, by, len(list.rows)))
		}
		err := i.decide(ctx)
		out = i.out
		out.DryRun = dryRun
		return decision{batches: i.batches()}, err
	})
	out.Receipt = receipt
	return out, err
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

// told is a Progress that is never nil, and is not told of every answer.
func (f File) told() func(stage ImportStage, done, total int) {
	const every = 1 << 12
	return func(stage ImportStage, done, total int) {
		if f.Progress != nil && (done%every == 0 || done == total) {
			f.Progress(ImportProgress{stage, done, total})
		}
	}
}

// outcomeChanged refuses to record what nobody has seen.
func outcomeChanged(f File) error {
	return domain.Refuse(domain.CodeOutcomeChanged,
		fmt.Sprintf("the log of round %s has moved, and %s comes to something else than before; look at it again, and confirm that", f.Round, f.Name),
		"file", f.Name, "round", string(f.Round))
}

func digest(sum []byte) string { return hex.EncodeToString(sum) }
