package http_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/events/merkle"
)

// TestCheckpointsAndProofs follows an auditor: a checkpoint for anybody, the proof
// of an event with a token, and the proof of growth for anybody.
func TestCheckpointsAndProofs(t *testing.T) {
	w := empty(t)
	if r := w.get(t, "/api/v1/checkpoint", ""); r.status != 404 || !strings.Contains(r.body, "no events yet") {
		t.Errorf("an empty log: %d %s", r.status, r.body)
	}
	w = demo(t)
	first := w.get(t, "/api/v1/checkpoint", "")
	if first.status != 200 || w.get(t, "/api/v1/checkpoint", "").body != first.body {
		t.Fatalf("%d %s", first.status, first.body)
	}
	unsigned, err := merkle.ReadUnsigned([]byte(first.body))
	if err != nil {
		t.Fatal(err)
	}
	known, err := w.keys.Verifiers(unsigned.Origin)
	if err != nil {
		t.Fatal(err)
	}
	old, err := merkle.OpenCheckpoint([]byte(first.body), known)
	if err != nil || first.header.Get("Headway-Position") != fmt.Sprint(old.Size) {
		t.Fatalf("%+v, %v", old, err)
	}
	viewer := w.token(t, domain.Viewer, "")
	r := w.get(t, "/api/v1/proof?position=50", viewer)
	p, err := merkle.ParseInclusion([]byte(r.body))
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := p.Verify(known); err != nil || e.Position != 50 {
		t.Errorf("position %d: %v", e.Position, err)
	}
	if _, err := w.store.Append(context.Background(), events.Batch{Stream: "round/x", Events: []events.Event{{
		ID: events.DeriveID(now, "x"), Type: "round.closed", SchemaVersion: 1, Actor: "a", Data: []byte(`{"round":"x"}`)}}}); err != nil {
		t.Fatal(err)
	}
	growth, err := merkle.ParseConsistency([]byte(w.get(t, fmt.Sprint("/api/v1/proof?from=", old.Size), "").body))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := growth.Verify(old, known); err != nil || c.Size != old.Size+1 {
		t.Errorf("%+v, %v", c, err)
	}
	for path, want := range map[string]int{
		"/api/v1/proof": 400, "/api/v1/proof?position=1&from=2": 400, "/api/v1/proof?from=x": 400, "/api/v1/proof?from=0": 400,
		"/api/v1/proof?from=9999999": 404, "/api/v1/proof?position=50": 401,
	} {
		if r := w.get(t, path, ""); r.status != want || !strings.Contains(r.header.Get("Content-Type"), "problem+json") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := w.get(t, "/api/v1/proof?position=9999999", viewer); r.status != 404 {
		t.Errorf("a position that is not there: %d", r.status)
	}
	for _, line := range strings.Split(w.get(t, "/api/v1/proof?from=7", "").body, "\n") { // hashes, and nothing of an event
		if b, err := base64.StdEncoding.DecodeString(line); err == nil && len(b) > 32 {
			t.Errorf("%q is in a public proof", line)
		}
	}
}
