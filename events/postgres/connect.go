package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"headway/events"
)

// Bounds of waiting, for what the URL leaves open.
const (
	connectTimeout = 5 * time.Second
	minReaders     = 8
)

// configure reads a URL, and adds what the log needs of every connection.
func configure(url string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil { // the message has no password in it
		return nil, fmt.Errorf("open the log: the address of the database must be like postgres://user@host:5432/database: %s", oneLine(err))
	}
	c := cfg.ConnConfig
	if c.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		return nil, errors.New("open the log: default_query_exec_mode=simple_protocol cannot be used; leave it out")
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	if cfg.MaxConns < minReaders && !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = minReaders
	}
	for name, value := range map[string]string{
		"application_name": "headway",
		"lock_timeout":     "60s",
		// A program that stops in the middle of an append, or whose machine
		// vanishes, must not keep the others from appending.
		"idle_in_transaction_session_timeout": "10s",
		// What the log reads stands in the order of an index. A server that
		// has no statistics of a young table would rather sort it, at worst
		// in files, for which a full disk has no room.
		"enable_bitmapscan": "off",
		"random_page_cost":  "1.1",

		"tcp_keepalives_idle":     "30",
		"tcp_keepalives_interval": "10",
		"tcp_keepalives_count":    "3",
	} {
		if _, given := c.RuntimeParams[name]; !given {
			c.RuntimeParams[name] = value
		}
	}
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		// What is acknowledged is on the disk, whatever the server's default.
		_, err := conn.Exec(ctx, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
		return err
	}
	return cfg, nil
}

// address names the server in messages.
func address(cfg *pgxpool.Config) string {
	c := cfg.ConnConfig
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(host, fmt.Sprint(c.Port))
	}
	return host + "/" + strings.TrimPrefix(c.Database, "/")
}

// lost reports whether an error means that the connection is gone, or was never
// made: what the server did of the last request is then unknown.
func lost(err error) bool {
	var answer *pgconn.PgError
	if errors.Is(err, events.ErrDamaged) || errors.Is(err, errRole) {
		return false
	}
	if !errors.As(err, &answer) {
		return err != nil && !errors.As(err, new(pgx.ErrPreprocessingBatch))
	}
	switch {
	case strings.HasPrefix(answer.Code, "57P"), // shutdown, crash, starting up
		strings.HasPrefix(answer.Code, "08"), // connection failures
		answer.Code == "25P03",               // idle in a transaction for too long
		answer.Code == "53300":               // too many connections
		return true
	}
	return answer.Severity == "FATAL" || answer.Severity == "PANIC"
}

// code is the SQLSTATE of an error, or empty.
func code(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

// serverError is a failure told in one sentence; the cause is kept for those who
// ask for it.
type serverError struct {
	text  string
	cause error
}

func (e *serverError) Error() string { return e.text }
func (e *serverError) Unwrap() error { return e.cause }

// explain says in one sentence what a person can do about a failure.
func (s *Store) explain(what string, err error) error {
	if errors.Is(err, events.ErrMigrationPending) || errors.Is(err, events.ErrDamaged) || errors.Is(err, errRole) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", what, err)
	}
	advice := ""
	switch c := code(err); {
	case c == "3D000":
		advice = "make the database first, for example with createdb"
	case c == "28000" || c == "28P01":
		advice = "check the user and the password in the address"
	case c == "42501":
		advice = "the user lacks a right on the schema headway; grant it, or use its owner"
	case c == "25006":
		advice = "the server only reads; use the address of the primary"
	case c == "53100" && errors.Is(err, errInDoubt):
		advice = "its disk is full; make room and start it again"
	case c == "53100":
		advice = "its disk is full; nothing was recorded, make room and try again"
	case c == "55P03":
		advice = "another program holds the log for too long; nothing was recorded, try again"
	case lost(err):
		advice = "it cannot be reached or went away; try again when it is back"
	}
	if advice != "" {
		advice = ": " + advice
	}
	return &serverError{text: fmt.Sprintf("%s: Postgres at %s%s (%s)", what, s.server, advice, oneLine(err)), cause: err}
}

// failed tells the caller's own impatience, and the closing of the log, from a
// failure of the server.
func (s *Store) failed(ctx context.Context, what string, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.isClosed():
		return events.ErrClosed
	}
	return s.explain(what, err)
}

// oneLine takes the line breaks out of a driver's message.
func oneLine(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "the connection was cut"
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
