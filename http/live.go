package http

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"headway/events"
	"headway/projections"
)

const (
	// liveEvery is how long a stream waits after news, so that an import of
	// thousands of answers is told once.
	liveEvery = time.Second
	// heartbeatEvery is how often a silent stream shows that it lives, to proxies
	// too, which cut off what is silent for a minute.
	heartbeatEvery = 20 * time.Second
	// streamAge ends a stream, so that who opens the next is looked at again: a
	// token may have been revoked.
	streamAge = 10 * time.Minute
	// streamRetry is what a browser waits before it opens a stream again.
	streamRetry = 5 * time.Second
)

// getLive tells a page that it has grown old: server-sent events that hold a
// position and nothing else.
func (s *server) getLive(c echo.Context) error {
	told, err := since(c)
	if err != nil {
		return err
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		c.Response().Header().Set("Retry-After", "60")
		return problem(http.StatusServiceUnavailable, "busy", "too many pages listen for news; reload the page to see what is new")
	}
	to, err := newStream(c)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // a proxy that buffers would tell late
	c.Response().WriteHeader(http.StatusOK)
	if err := to.send(fmt.Sprintf("retry: %d\n\n", streamRetry.Milliseconds())); err != nil {
		return nil // the reader has gone
	}
	s.tell(c, to, told)
	return nil
}

// tell sends the position of what is new until the stream is to end.
func (s *server) tell(c echo.Context, to *stream, told events.Position) {
	reader := holder(c)
	old := time.NewTimer(streamAge)
	defer old.Stop()
	beat := time.NewTicker(heartbeatEvery)
	defer beat.Stop()
	var moved <-chan struct{}
	look := time.After(0)
	for {
		var err error
		select {
		case <-c.Request().Context().Done():
			return
		case <-s.Draining:
			return
		case <-old.C:
			return
		case <-beat.C:
			err = to.send(":\n\n")
		case <-moved:
			moved, look = nil, time.After(liveEvery)
		case <-look:
			var newest, folded events.Position
			s.Runner.Read(func(st *projections.State) { newest, folded = s.newest(st, reader), st.Position() })
			moved = s.Runner.Moved(folded)
			if told < 0 {
				told = newest // the reader has not said what it has seen
			}
			if newest > told {
				told = newest
				err = to.send(fmt.Sprintf("id: %d\ndata: %d\n\n", told, told))
			}
		}
		if err != nil {
			return // the reader has gone
		}
	}
}

// since is the position that a page has been told of: by the browser that opens
// its stream again, or by the page. It is negative where neither says.
func since(c echo.Context) (events.Position, error) {
	said := c.Request().Header.Get("Last-Event-ID")
	if said == "" {
		said = c.QueryParam("since")
	}
	if said == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(said, 10, 64)
	if err != nil || n < 0 {
		return 0, problem(http.StatusBadRequest, "invalid", fmt.Sprintf("since %q is not a position", said))
	}
	return events.Position(n), nil
}

// stream writes to a reader who stays.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func newStream(c echo.Context) (*stream, error) {
	st := &stream{c.Response(), http.NewResponseController(c.Response())}
	// The server's patience is for requests that end. A request without a body is
	// read already: what would be read is only that the reader has gone.
	if err := st.control.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	return st, nil
}

// send writes a text and hands it on at once.
func (st *stream) send(text string) error {
	if err := st.control.SetWriteDeadline(time.Now().Add(heartbeatEvery)); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	if _, err := st.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	if err := st.control.Flush(); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	return nil
}
