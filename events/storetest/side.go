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
