package events

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"headway/domain"
)

// ErrUnreadable means that this program does not know the type or the schema
// version of an event: a newer one wrote it.
var ErrUnreadable = errors.New("the event cannot be read by this version of headway")

// Decode returns the payload in the newest schema version of its type.
func Decode(e Event) (domain.Payload, error) {
	data, err := upcast(e.Type, e.SchemaVersion, e.Data)
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", e.Position, err)
	}
	var p domain.Payload
	switch e.Type {
	case "status.reported":
		p, err = decode[domain.StatusReported](data)
	case "status.corrected":
		p, err = decode[domain.StatusCorrected](data)
	case "status.withdrawn":
		p, err = decode[domain.StatusWithdrawn](data)
	case "submission.submitted":
		p, err = decode[domain.SubmissionSubmitted](data)
	case "submission.approved":
		p, err = decode[domain.SubmissionApproved](data)
	case "submission.returned":
		p, err = decode[domain.SubmissionReturned](data)
	case "submission.withdrawn":
		p, err = decode[domain.SubmissionWithdrawn](data)
	case "country.enrolled":
		p, err = decode[domain.CountryEnrolled](data)
	case "figure.published":
		p, err = decode[domain.FigurePublished](data)
	case "release.published":
		p, err = decode[domain.ReleasePublished](data)
	case "round.opened":
		p, err = decode[domain.RoundOpened](data)
	case "round.reopened":
		p, err = decode[domain.RoundReopened](data)
	case "round.closed":
		p, err = decode[domain.RoundClosed](data)
	case "framework.published":
		p, err = decode[domain.FrameworkPublished](data)
	case "maturity_model.published":
		p, err = decode[domain.MaturityModelPublished](data)
	default:
		return nil, fmt.Errorf("event %d: type %q: %w", e.Position, e.Type, ErrUnreadable)
	}
	if err != nil {
		return nil, fmt.Errorf("event %d: %s: %w: %w", e.Position, e.Type, ErrUnreadable, err)
	}
	return p, nil
}

func decode[P domain.Payload](data []byte) (domain.Payload, error) {
	var p P
	err := json.Unmarshal(data, &p, lenient)
	return p, err
}

// lenient makes the decoder, which takes less than half the time of that of the
// standard library, as forgiving: an event that was written once must be readable
// for ever. Names are as they are written, upper and lower case told apart.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// newest is the newest schema version of each type.
var newest = func() map[string]int {
	m := map[string]int{}
	for _, p := range Payloads() {
		m[p.EventType()] = p.SchemaVersion()
	}
	return m
}()

// Payloads returns an empty payload of each type, in a fixed order.
func Payloads() []domain.Payload {
	return []domain.Payload{
		domain.FrameworkPublished{}, domain.MaturityModelPublished{}, domain.RoundOpened{}, domain.RoundClosed{}, domain.RoundReopened{},
		domain.CountryEnrolled{}, domain.StatusReported{}, domain.StatusCorrected{}, domain.StatusWithdrawn{},
		domain.FigurePublished{},
		domain.SubmissionSubmitted{}, domain.SubmissionApproved{}, domain.SubmissionReturned{}, domain.SubmissionWithdrawn{},
		domain.ReleasePublished{},
	}
}

// upcasters turn the data of one schema version into those of the next, by type
// and the version they start from. All are here, and none is ever removed.
var upcasters = map[string]map[int]func([]byte) ([]byte, error){
	// Before version 2 a closing gave no reason, and a closed round took nothing.
	"round.closed": {1: unchanged},
	// Before version 2 no status was late, before version 3 none had documents or
	// came from a submission.
	"status.reported":  {1: unchanged, 2: unchanged},
	"status.corrected": {1: unchanged, 2: unchanged},
	"status.withdrawn": {1: unchanged},
}

// unchanged is for a version that only adds fields, which older data lack.
func unchanged(data []byte) ([]byte, error) { return data, nil }

func upcast(typ string, version int, data []byte) ([]byte, error) {
	top, known := newest[typ]
	if known && version > top {
		return nil, fmt.Errorf("%s has schema version %d, known are 1 to %d: %w", typ, version, top, ErrUnreadable)
	}
	for v := version; v < top; v++ {
		up, ok := upcasters[typ][v]
		if !ok {
			return nil, fmt.Errorf("%s: no way from schema version %d to %d: %w", typ, v, v+1, ErrUnreadable)
		}
		var err error
		if data, err = up(data); err != nil {
			return nil, fmt.Errorf("%s: from schema version %d to %d: %w", typ, v, v+1, err)
		}
	}
	return data, nil
}
