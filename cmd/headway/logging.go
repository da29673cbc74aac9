package main

import (
	"io"
	"log/slog"
)

// quiet logs warnings and errors only, for commands of people.
func quiet(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
