package storetest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"headway/domain"
)

func testSnapshots(t *testing.T, p Place) {
	s := open(t, p)
	ctx := context.Background()
	if at, data, err := s.LoadSnapshot(ctx, "state"); at != 0 || data != nil || err != nil {
		t.Errorf("before any was saved: %d, %v, %v", at, data, err)
	}
	for i, data := range [][]byte{{1, 0, 2}, bytes.Repeat([]byte{7}, 1<<20)} {
		if err := s.SaveSnapshot(ctx, "state", 5, data); err != nil {
			t.Fatal(err)
		}
		at, got, err := s.LoadSnapshot(ctx, "state")
		if err != nil || at != 5 || !bytes.Equal(got, data) {
			t.Errorf("snapshot %d: position %d, %d bytes, %v", i, at, len(got), err)
		}
	}
}

func testTokens(t *testing.T, p Place) {
	s := open(t, p)
	ctx := context.Background()
	a := domain.Token{ID: "a", Role: domain.FocalPoint, Country: "XAA", Hash: []byte{1, 2, 3}, CreatedAt: start}
	b := domain.Token{ID: "b", Role: domain.Viewer, Hash: []byte{4}, CreatedAt: start.Add(time.Second)}
	for _, tok := range []domain.Token{b, a} {
		if err := s.SaveToken(ctx, tok); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveToken(ctx, a); err == nil {
		t.Error("the same token was saved twice")
	}
	list, err := s.Tokens(ctx)
	if err != nil || len(list) != 2 || list[0].ID != "a" || list[0].Country != "XAA" || !list[0].CreatedAt.Equal(start) || list[0].RevokedAt != nil {
		t.Fatalf("%+v, %v", list, err)
	}
	got, ok, err := s.TokenByHash(ctx, []byte{1, 2, 3})
	if err != nil || !ok || got.ID != "a" || got.Role != domain.FocalPoint || !bytes.Equal(got.Hash, a.Hash) {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
	if _, ok, err := s.TokenByHash(ctx, []byte{9}); ok || err != nil {
		t.Errorf("an unknown hash: %v, %v", ok, err)
	}
	at := start.Add(time.Hour)
	for i, want := range []bool{true, false} {
		if ok, err := s.RevokeToken(ctx, "a", at); ok != want || err != nil {
			t.Errorf("revoking, time %d: %v, %v", i+1, ok, err)
		}
	}
	if got, _, err := s.TokenByHash(ctx, a.Hash); err != nil || got.RevokedAt == nil || !got.RevokedAt.Equal(at) {
		t.Errorf("after revoking: %+v, %v", got, err)
	}
}

// testActors forgets a person: the name is gone, the pseudonym and the log stay.
func testActors(t *testing.T, p Place) {
	s := open(t, p)
	ctx := context.Background()
	Append(t, s, "s", 0, Events(3)...)
	before := export(t, s)
	jane := domain.Actor{ID: "a-1", Name: "Jane Doe", Contact: "jane@example.org", CreatedAt: start}
	other := domain.Actor{ID: "a-2", Name: "اسم", CreatedAt: start.Add(time.Second)}
	for _, a := range []domain.Actor{other, jane} {
		if fresh, err := s.SaveActor(ctx, a); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
	}
	if fresh, err := s.SaveActor(ctx, domain.Actor{ID: "a-1", Name: "John", CreatedAt: start}); err != nil || fresh {
		t.Errorf("a pseudonym was given twice: %v", err)
	}
	if list, err := s.Actors(ctx); err != nil || len(list) != 2 || list[0] != jane || list[1] != other {
		t.Errorf("%+v, %v", list, err)
	}
	at := start.Add(time.Hour)
	for i, want := range []bool{true, false} {
		if done, err := s.ForgetActor(ctx, "a-1", at); err != nil || done != want {
			t.Errorf("forgetting, time %d: %v, %v", i+1, done, err)
		}
	}
	if done, err := s.ForgetActor(ctx, "a-9", at); err != nil || done {
		t.Errorf("forgetting nobody: %v, %v", done, err)
	}
	got, ok, err := s.ActorByID(ctx, "a-1")
	if err != nil || !ok || got.Name != "" || got.Contact != "" || got.ForgottenAt == nil || !got.ForgottenAt.Equal(at) {
		t.Errorf("after forgetting: %+v, %v, %v", got, ok, err)
	}
	if fresh, err := s.SaveActor(ctx, jane); err != nil || fresh {
		t.Errorf("a forgotten pseudonym was given again: %v", err)
	}
	if _, ok, err := s.ActorByID(ctx, "a-9"); ok || err != nil {
		t.Errorf("nobody: %v, %v", ok, err)
	}
	if !bytes.Equal(before, export(t, s)) {
		t.Error("the log has changed")
	}
	Verify(t, s)
}
