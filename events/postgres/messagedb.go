package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/measure"
)

// messageDB writes to message-db, an event store in functions of Postgres, in
// the database that --db names. It takes a category of its own.
type messageDB struct {
	category string
	conns    []*pgx.Conn
}

const (
	messageDBFound = `SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'write_message' AND pronamespace = to_regnamespace('message_store'))
  AND EXISTS (SELECT FROM pg_class WHERE relname = 'messages' AND relnamespace = to_regnamespace('message_store'))`
	messageDBRight = `SELECT has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(oid, 'SELECT')
  AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'DELETE')
  FROM pg_class WHERE relname = 'messages' AND relnamespace = to_regnamespace('message_store')`
	messageDBWrite  = "SELECT message_store.write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, $5::jsonb)"
	messageDBRemove = "DELETE FROM message_store.messages WHERE starts_with(stream_name, $1)"
)

// Rival implements measure.Subject: it is message-db, where it is installed and
// what is written can be deleted again.
func (s *Scratch) Rival(ctx context.Context) (measure.Rival, string, error) {
	conn, err := bareConnect(ctx, s.home)
	if err != nil {
		return nil, "", err
	}
	m := &messageDB{category: "headwayBench" + strings.TrimPrefix(s.name, "headway_bench_"), conns: []*pgx.Conn{conn}}
	why, err := m.missing(ctx)
	if err != nil || why != "" {
		return nil, why, errors.Join(err, m.disconnect())
	}
	for len(m.conns) < measure.MaxRivals {
		conn, err := bareConnect(ctx, s.home)
		if err != nil {
			return nil, "", errors.Join(err, m.disconnect())
		}
		m.conns = append(m.conns, conn)
	}
	for _, conn := range m.conns { // its functions call each other by their bare names
		if _, err := conn.Exec(ctx, "SET search_path TO message_store, public"); err != nil {
			return nil, "", errors.Join(err, m.disconnect())
		}
	}
	return m, "", nil
}

// missing says why message-db is not measured.
func (m *messageDB) missing(ctx context.Context) (string, error) {
	var found, right bool
	if err := m.conns[0].QueryRow(ctx, messageDBFound).Scan(&found); err != nil {
		return "", fmt.Errorf("look for message-db: %w", err)
	}
	if !found {
		return "message-db: not measured, it is not installed in the database of --db", nil
	}
	if err := m.conns[0].QueryRow(ctx, messageDBRight).Scan(&right); err != nil {
		return "", fmt.Errorf("look for message-db: %w", err)
	}
	if !right {
		return "message-db: not measured, the role in --db may not write to and delete from message_store.messages", nil
	}
	return "", nil
}

// Name implements measure.Rival.
func (m *messageDB) Name() string { return "message-db" }

// Write implements measure.Rival. The envelope goes into the metadata. A write is
// not cut short by the context: it could come after what Close deletes.
func (m *messageDB) Write(ctx context.Context, writer int, e events.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), scratchPatience)
	defer cancel()
	metadata := fmt.Sprintf(`{"actor":%q,"round":%q,"effective_on":%q,"correlation_id":%q}`, e.Actor, e.Round, e.EffectiveOn, e.CorrelationID)
	_, err := m.conns[writer].Exec(ctx, messageDBWrite, e.ID.String(), m.category+"-"+e.Stream, e.Type, string(e.Data), metadata)
	return err
}

// Settle implements measure.Rival. A role that may not analyze the table gets a
// warning, which is no error.
func (m *messageDB) Settle(ctx context.Context) error {
	_, err := m.conns[0].Exec(ctx, "ANALYZE message_store.messages")
	return err
}

// Close deletes the category.
func (m *messageDB) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), scratchPatience)
	defer cancel()
	var err error
	conn := m.conns[0]
	if conn.IsClosed() {
		if conn, err = pgx.ConnectConfig(ctx, conn.Config()); err != nil {
			return errors.Join(m.unremoved(err), m.disconnect())
		}
		m.conns = append(m.conns, conn)
	}
	if _, err := conn.Exec(ctx, messageDBRemove, m.category+"-"); err != nil {
		return errors.Join(m.unremoved(err), m.disconnect())
	}
	return m.disconnect()
}

func (m *messageDB) unremoved(err error) error {
	return fmt.Errorf("remove what was measured: %w; remove it by hand: DELETE FROM message_store.messages WHERE stream_name LIKE '%s-%%'", err, m.category)
}

func (m *messageDB) disconnect() error {
	ctx, cancel := context.WithTimeout(context.Background(), scratchPatience)
	defer cancel()
	var errs []error
	for _, conn := range m.conns {
		if !conn.IsClosed() {
			errs = append(errs, conn.Close(ctx))
		}
	}
	return errors.Join(errs...)
}
