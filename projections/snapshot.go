package projections

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"headway/domain"
	"headway/events"
)

// snapshotFormat is raised whenever the bytes or the meaning of a fold change:
// an older snapshot is then not read, and the state rebuilt.
const snapshotFormat = 6

// SnapshotName is the name under which the state of this program is saved.
var SnapshotName = fmt.Sprintf("state-v%d", snapshotFormat)

// ErrSnapshot means that a snapshot is damaged or of another format.
var ErrSnapshot = errors.New("the snapshot cannot be used")

// header is the part of a snapshot that is small; the columns follow it.
type header struct {
	Format      int                 `json:"format"`
	Position    events.Position     `json:"position"`
	Ticks       int                 `json:"ticks"`
	Entries     int                 `json:"entries"`
	Frameworks  []*domain.Framework `json:"frameworks"`
	Published   []events.Position   `json:"published"` // of the frameworks
	Models      []publishedModel    `json:"models"`
	Rounds      []*round            `json:"rounds"`
	Submissions []*submission       `json:"submissions"`
	Releases    []Release           `json:"releases"`
	Documents   []namedDocument     `json:"documents"`
	Versions    map[string]int64    `json:"versions"`
	Statuses    []domain.Status     `json:"statuses"`
	Actors      []string            `json:"actors"`
	Grids       []gridHeader        `json:"grids"`
}

type gridHeader struct {
	Rows     []domain.Respondent `json:"rows"`
	Versions int                 `json:"versions"`
	Rounds   []layerHeader       `json:"rounds"`
}

type layerHeader struct {
	Round domain.RoundID `json:"round"`
	Heads int            `json:"heads"`
}

// Snapshot is the state in bytes. Two states that folded the same events give
// the same bytes.
func (s *State) Snapshot() ([]byte, error) {
	h := header{
		Format: snapshotFormat, Position: s.position, Ticks: len(s.ticks), Entries: len(s.panel.entries),
		Frameworks: s.frameworks, Published: s.publishedAt, Models: s.models, Rounds: s.rounds, Submissions: s.submissions, Releases: s.releases, Documents: s.documents,
		Versions: s.versions,
		Statuses: s.panel.statuses.Names, Actors: s.panel.actors.Names,
	}
	for _, g := range s.panel.grids {
		gh := gridHeader{Rows: g.rows.Names, Versions: len(g.versions)}
		for _, l := range g.rounds {
			gh.Rounds = append(gh.Rounds, layerHeader{l.round, len(l.heads)})
		}
		h.Grids = append(h.Grids, gh)
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	var b bytes.Buffer
	b.Grow(len(head) + 16*len(s.ticks) + 64*len(s.panel.entries) + 1024)
	columns := []any{uint64(len(head)), head, s.ticks, s.panel.entries, s.panel.ids}
	for _, g := range s.panel.grids {
		columns = append(columns, g.versions)
		for _, l := range g.rounds {
			columns = append(columns, l.heads)
		}
	}
	for _, c := range columns {
		if err := binary.Write(&b, binary.LittleEndian, c); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	sum := sha256.Sum256(b.Bytes())
	return append(b.Bytes(), sum[:]...), nil
}

// Restore is the state that a snapshot was taken of, or ErrSnapshot.
func Restore(data []byte) (*State, error) {
	body := data
	if len(data) < sha256.Size+8 {
		return nil, fmt.Errorf("%w: it is too short", ErrSnapshot)
	}
	body = data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return nil, fmt.Errorf("%w: its checksum differs", ErrSnapshot)
	}
	size := binary.LittleEndian.Uint64(body)
	if size > uint64(len(body)-8) {
		return nil, fmt.Errorf("%w: its header is cut off", ErrSnapshot)
	}
	var h header
	if err := json.Unmarshal(body[8:8+size], &h); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if h.Format != snapshotFormat || len(h.Grids) != len(h.Frameworks) || len(h.Published) != len(h.Frameworks) {
		return nil, fmt.Errorf("%w: it has format %d", ErrSnapshot, h.Format)
	}
	s := NewState()
	if err := s.restore(h, bytes.NewReader(body[8+size:])); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	return s, nil
}

func (s *State) restore(h header, r *bytes.Reader) error {
	s.position, s.frameworks, s.models, s.rounds, s.versions = h.Position, h.Frameworks, h.Models, h.Rounds, h.Versions
	s.submissions, s.releases, s.documents, s.publishedAt = h.Submissions, h.Releases, h.Documents, h.Published
	if s.versions == nil {
		s.versions = map[string]int64{}
	}
	if h.Ticks < 0 || h.Entries < 0 || h.Ticks > r.Len() || h.Entries > r.Len() {
		return errors.New("its columns are cut off")
	}
	s.ticks = make([]tick, h.Ticks)
	s.panel.entries = make([]entry, h.Entries)
	s.panel.ids = make([]events.ID, h.Entries)
	columns := []any{s.ticks, s.panel.entries, s.panel.ids}
	for _, n := range h.Statuses {
		s.panel.statuses.intern(n)
	}
	for _, n := range h.Actors {
		s.panel.actors.intern(n)
	}
	for i, f := range s.frameworks {
		s.panel.addFramework(f)
		g := s.panel.grids[i]
		for _, n := range h.Grids[i].Rows {
			g.rows.intern(n)
		}
		g.versions = make([]uint32, h.Grids[i].Versions)
		columns = append(columns, g.versions)
		for _, lh := range h.Grids[i].Rounds {
			l := &layer{round: lh.Round, heads: make([]uint32, lh.Heads)}
			g.rounds = append(g.rounds, l)
			columns = append(columns, l.heads)
		}
	}
	for _, c := range columns {
		if err := binary.Read(r, binary.LittleEndian, c); err != nil {
			return err
		}
	}
	if r.Len() != 0 {
		return errors.New("bytes are left over")
	}
	for _, rd := range s.rounds {
		rd.last = s.lastOf(rd)
	}
	return nil
}

// lastOf is the position of the last event about a round, its enrolments and its
// statuses.
func (s *State) lastOf(rd *round) events.Position {
	last := rd.Position
	for _, t := range rd.Life {
		last = max(last, t.Position)
	}
	for _, e := range rd.Enrolments {
		last = max(last, e.Position)
	}
	g := s.panel.grid(rd.Opened.Framework)
	if g == nil {
		return last
	}
	if l := g.layer(rd.Opened.Round); l != nil {
		for _, h := range l.heads {
			if h > 0 && int(h) <= len(s.panel.entries) {
				last = max(last, s.panel.entries[h-1].Position)
			}
		}
	}
	return last
}
