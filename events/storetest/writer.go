package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"headway/events"
)

// writersEach is how many goroutines of a process append at a time.
const writersEach = 6

// write appends at random until all is appended or the context ends, with
// conflicts and contexts that end, and prints what it asks and what it is told,
// one line for each:
//
//	try NAME STREAM EXPECT EVENTS…    before the append
//	ack POSITION NAME                 it was acknowledged
//	no NAME                           it was refused
//	fail NAME ERROR                   it was refused, without a reason known here
//	unknown NAME ERROR                nobody knows
func (k Kind) write(ctx context.Context, log events.Log) error {
	seed, errSeed := strconv.ParseUint(os.Getenv(envSeed), 10, 64)
	appends, errAppends := strconv.Atoi(os.Getenv(envAppends))
	if err := errors.Join(errSeed, errAppends); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for n := range writersEach {
		wg.Go(func() {
			w := writer{kind: k, log: log, r: rand.New(rand.NewPCG(seed, uint64(n))), race: map[string]int64{}}
			for i := 0; ctx.Err() == nil && (appends == 0 || i < appends); i++ {
				w.append(fmt.Sprintf("%s-%d-%d", os.Getenv(envName), n, i))
			}
		})
	}
	wg.Wait()
	return nil
}

type writer struct {
	kind Kind
	log  events.Log
	r    *rand.Rand
	race map[string]int64 // the versions it believes the contested streams to be at
}

func (w *writer) append(name string) {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	req := request{name: name, parts: []part{{"shared", events.Any, 1 + w.r.IntN(3)}, {"own-" + name, 0, 1 + w.r.IntN(2)}}}
	if w.r.IntN(50) == 0 {
		req.parts[0].events = 250
	}
	mayFail := true
	switch w.r.IntN(8) {
	case 0:
		req.parts[1].expect = 99
	case 1:
		ctx, cancel = context.WithTimeout(ctx, time.Duration(w.r.IntN(3000))*time.Microsecond)
	case 2:
		stream := fmt.Sprint("race-", w.r.IntN(3))
		req.parts = append(req.parts, part{stream, w.race[stream], 1})
	default:
		mayFail = false
	}
	defer cancel()
	fmt.Println("try", req)
	at, err := w.log.Append(ctx, req.batches()...)
	var conflict *events.ConflictError
	switch {
	case err == nil:
		fmt.Println("ack", at, name)
	case w.kind.InDoubt != nil && errors.Is(err, w.kind.InDoubt):
		fmt.Println("unknown", name, oneLine(err))
	case mayFail && (errors.Is(err, events.ErrConflict) || errors.Is(err, context.DeadlineExceeded)):
		fmt.Println("no", name)
	default:
		fmt.Println("fail", name, oneLine(err))
		time.Sleep(5 * time.Millisecond)
	}
	if errors.As(err, &conflict) {
		w.race[conflict.Stream] = conflict.Actual
	}
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// request is what one append asks for. Its name and parts determine everything
// that its events hold, so that a test can tell what must be in the log.
type request struct {
	name  string
	parts []part
}

type part struct {
	stream string
	expect int64
	events int
}

func (r request) String() string {
	var b strings.Builder
	b.WriteString(r.name)
	for _, p := range r.parts {
		fmt.Fprintf(&b, " %s %d %d", p.stream, p.expect, p.events)
	}
	return b.String()
}

// parseRequest reads the fields of a request's text.
func parseRequest(f []string) (request, error) {
	if len(f) == 0 || len(f)%3 != 1 {
		return request{}, fmt.Errorf("%q is not a request", f)
	}
	r := request{name: f[0]}
	for f = f[1:]; len(f) > 0; f = f[3:] {
		expect, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return r, err
		}
		n, err := strconv.Atoi(f[2])
		if err != nil {
			return r, err
		}
		r.parts = append(r.parts, part{f[0], expect, n})
	}
	return r, nil
}

func (r request) batches() []events.Batch {
	out := make([]events.Batch, len(r.parts))
	n := 0
	for i, p := range r.parts {
		out[i] = events.Batch{Stream: p.stream, Expect: p.expect}
		for range p.events {
			e := Event("")
			e.ID = events.DeriveID(start, r.name, strconv.Itoa(n))
			e.Data = payload(e.ID)
			out[i].Events = append(out[i].Events, e)
			n++
		}
	}
	return out
}

// payload is the data of the event with an id: mostly some hundred bytes, and
// at times more than the page of a database has.
func payload(id events.ID) []byte {
	n := int(id[15])
	if id[14] < 3 {
		n *= 100
	}
	return fmt.Appendf(nil, `{"id":"%s","text":"%s"}`, id, strings.Repeat("x", n))
}
