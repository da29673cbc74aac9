package http

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"headway/events"
	"headway/events/merkle"
	"headway/projections"
)

// notary signs the log as it stands, once for each size.
type notary struct {
	mu         sync.Mutex
	checkpoint merkle.Checkpoint
	signed     []byte
}

func (s *server) sign(c echo.Context) (merkle.Checkpoint, []byte, error) {
	if s.Keys == nil {
		return merkle.Checkpoint{}, nil, problem(http.StatusServiceUnavailable, "no_key", "this server has no signing key; its operator can give it a place with --keys")
	}
	n := &s.notary
	n.mu.Lock()
	defer n.mu.Unlock()
	ctx := c.Request().Context()
	now, err := merkle.Current(ctx, s.Log)
	if errors.Is(err, merkle.ErrEmpty) {
		return now, nil, problem(http.StatusNotFound, "empty", merkle.ErrEmpty.Error())
	}
	if err != nil {
		return now, nil, err
	}
	if now != n.checkpoint {
		signed, err := s.Keys.SignAt(ctx, s.Log, now)
		if err != nil {
			return now, nil, err
		}
		n.checkpoint, n.signed = now, signed
	}
	return n.checkpoint, n.signed, nil
}

// getCheckpoint is the signed head of the log: for anybody, because it shows
// nothing of what is in the log, and the more people keep one, the better.
func (s *server) getCheckpoint(c echo.Context) error {
	cp, signed, err := s.sign(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(cp.Size), 10))
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", signed)
}

// needOpen refuses the proof of an event whose payload is withheld: the proof
// holds the event.
func (s *server) needOpen(c echo.Context, p events.Position) error {
	for e, err := range s.Log.Read(c.Request().Context(), 0, events.Filter{Positions: []events.Position{p}}) {
		if err != nil {
			return err
		}
		ok := true
		s.Runner.Read(func(st *projections.State) { ok = open(holder(c), st, e) })
		if !ok {
			return problem(http.StatusForbidden, "forbidden", "the event is of a submission that was not approved; its proof is for who reviews it")
		}
	}
	return nil
}

// getProof proves an event (position=17, for holders of a token, because the event
// is in the proof), or that the log continues that of a size (from=1000, for
// anybody: it is hashes only).
func (s *server) getProof(c echo.Context) error {
	position, from := c.QueryParam("position"), c.QueryParam("from")
	if (position == "") == (from == "") {
		return problem(http.StatusBadRequest, "invalid", "give position=17 for the proof of an event, or from=1000 for that of the log's growth since it had 1000")
	}
	n, err := strconv.ParseInt(position+from, 10, 64)
	if err != nil || n < 1 {
		return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("%q is not a number of 1 or more", position+from))
	}
	if position != "" {
		if err := needAll(holder(c)); err != nil {
			return err
		}
	}
	if position != "" {
		if err := s.needOpen(c, events.Position(n)); err != nil {
			return err
		}
	}
	cp, signed, err := s.sign(c)
	if err != nil {
		return err
	}
	if events.Position(n) > cp.Size {
		return problem(http.StatusNotFound, "unknown_position", fmt.Sprintf("the log has the positions 1 to %d, and not %d", cp.Size, n))
	}
	ctx := c.Request().Context()
	if position != "" {
		p, err := merkle.ProveInclusion(ctx, s.Log, events.Position(n), cp, signed)
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "text/plain; charset=utf-8", p.Marshal())
	}
	root, err := merkle.RootAt(ctx, s.Log, events.Position(n))
	if err != nil {
		return err
	}
	p, err := merkle.ProveConsistency(ctx, s.Log, merkle.Checkpoint{Origin: cp.Origin, Size: events.Position(n), Root: root}, cp, signed)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", p.Marshal())
}
