package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"headway/events"
	"headway/events/measure"
)

// Scratch is an empty log in a temporary database, with bare tables in it. It
// implements measure.Subject.
type Scratch struct {
	name string // of the database
	home string // URL of the database that was there
	log  *Store
	conn *pgx.Conn // of the bare ways
	bare bareRows
}

var _ measure.Subject = (*Scratch)(nil)

// scratchPatience is how long making and dropping the database may take.
const scratchPatience = time.Minute

const insufficientPrivilege = "42501"

// NewScratch makes a database on the server that a URL names, beside the one it
// names. Random is what its name is made of.
func NewScratch(ctx context.Context, home string, random io.Reader, o Options) (*Scratch, error) {
	u, err := url.Parse(home)
	if err != nil {
		return nil, errors.New("measure: the address of the database must be like postgres://user@host:5432/database")
	}
	suffix := make([]byte, 6)
	if _, err := io.ReadFull(random, suffix); err != nil {
		return nil, fmt.Errorf("name a database: %w", err)
	}
	s := &Scratch{name: "headway_bench_" + hex.EncodeToString(suffix), home: home}
	if err := s.create(ctx); err != nil {
		return nil, err
	}
	q := u.Query()
	q.Del("dbname") // it would win over the path
	q.Del("database")
	u.Path, u.RawPath, u.RawQuery = "/"+s.name, "", q.Encode()
	if err := s.open(ctx, u.String(), o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Name is that of the temporary database.
func (s *Scratch) Name() string { return s.name }

// create is not cut short by the context: it would not be known whether the
// database is there.
func (s *Scratch) create(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := s.atHome("CREATE DATABASE " + s.identifier() + " TEMPLATE template0 ENCODING 'UTF8'")
	var answer *pgconn.PgError
	var unreached *serverError
	switch {
	case err == nil, errors.As(err, &unreached):
		return err
	case code(err) == insufficientPrivilege:
		return errors.New("measure: the role in --db may not create databases; grant it CREATEDB (ALTER ROLE … CREATEDB), or give another --db")
	case !errors.As(err, &answer): // the server did not say that it was not made
		err = errors.Join(err, s.drop())
	}
	return fmt.Errorf("make a database to measure in: %w", err)
}

func (s *Scratch) drop() error {
	if err := s.atHome("DROP DATABASE IF EXISTS " + s.identifier() + " WITH (FORCE)"); err != nil {
		return fmt.Errorf("remove what was measured: %w; remove it by hand: DROP DATABASE %s", err, s.identifier())
	}
	return nil
}

func (s *Scratch) identifier() string { return pgx.Identifier{s.name}.Sanitize() }

// atHome runs a statement on a connection of its own to the database that was
// there.
func (s *Scratch) atHome(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), scratchPatience)
	defer cancel()
	conn, err := bareConnect(ctx, s.home)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// bareConnect makes a connection as those of the log are.
func bareConnect(ctx context.Context, link string) (*pgx.Conn, error) {
	cfg, err := configure(link)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return nil, (&Store{server: address(cfg)}).explain("measure", err)
	}
	if err := cfg.AfterConnect(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

func (s *Scratch) open(ctx context.Context, link string, o Options) (err error) {
	if s.log, err = Open(ctx, link, o); err != nil {
		return err
	}
	if s.conn, err = bareConnect(ctx, link); err != nil {
		return err
	}
	if err := s.bare.prepare(ctx, s.conn); err != nil {
		return fmt.Errorf("make the bare tables: %w", err)
	}
	return nil
}

// Log is the log that is measured.
func (s *Scratch) Log() events.Log { return s.log }

// Settle brings the statistics up to date, and marks the rows as committed.
func (s *Scratch) Settle(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, "VACUUM (ANALYZE) headway.event")
	return err
}

// Close drops the database.
func (s *Scratch) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), scratchPatience)
	defer cancel()
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close(ctx))
	}
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	return errors.Join(append(errs, s.drop())...)
}
