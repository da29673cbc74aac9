package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"headway/events"
)

// columns of an event, in the order of the table.
const columns = `position, version, recorded_at, id, schema_version, simulated, stream, type, effective_on,
  actor, round, correlation_id, source, data`

var columnNames = []string{"position", "version", "recorded_at", "id", "schema_version", "simulated", "stream", "type",
	"effective_on", "actor", "round", "correlation_id", "source", "data", "hashes"}

// insertSQL has an array for each column, so that a group of any size is one
// statement that is planned once.
const insertSQL = `INSERT INTO headway.event (` + columns + `, hashes)
SELECT position, version, recorded_at, id, schema_version, simulated, stream, type, effective_on,
  actor, round, correlation_id, source, data::json, hashes
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::uuid[], $5::integer[], $6::boolean[], $7::text[], $8::text[],
  $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[]) AS e (` + columns + `, hashes)`

// arrays are the arguments of insertSQL, each event with what hashes returns next.
func arrays(list []events.Event, hashes func() []byte) []any {
	n := len(list)
	positions, versions, recorded := make([]int64, n), make([]int64, n), make([]time.Time, n)
	ids, schemas, simulated := make([]pgtype.UUID, n), make([]int32, n), make([]bool, n)
	streams, types, effective, actors := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	rounds, correlations, sources, data := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	stored := make([][]byte, n)
	for i := range list {
		e := &list[i]
		stored[i] = hashes()
		positions[i], versions[i], recorded[i] = int64(e.Position), e.Version, e.RecordedAt
		ids[i], schemas[i], simulated[i] = pgtype.UUID{Bytes: e.ID, Valid: true}, int32(e.SchemaVersion), e.Simulated
		streams[i], types[i], effective[i], actors[i] = e.Stream, e.Type, e.EffectiveOn.String(), e.Actor
		rounds[i], correlations[i], sources[i], data[i] = string(e.Round), e.CorrelationID, e.Source, string(e.Data)
	}
	return []any{positions, versions, recorded, ids, schemas, simulated, streams, types, effective,
		actors, rounds, correlations, sources, data, stored}
}

func uuids(ids []events.ID) []pgtype.UUID {
	out := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		out[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return out
}

// copyAll copies events, each with what hashes returns next.
func copyAll(ctx context.Context, conn *pgx.Conn, list []events.Event, hashes func() []byte) error {
	row := make([]any, len(columnNames))
	_, err := conn.CopyFrom(ctx, pgx.Identifier{"headway", "event"}, columnNames, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
		e := &list[i]
		row[0], row[1], row[2], row[3] = int64(e.Position), e.Version, e.RecordedAt, pgtype.UUID{Bytes: e.ID, Valid: true}
		row[4], row[5], row[6], row[7] = int32(e.SchemaVersion), e.Simulated, e.Stream, e.Type
		row[8], row[9], row[10], row[11] = e.EffectiveOn.String(), e.Actor, string(e.Round), e.CorrelationID
		row[12], row[13], row[14] = e.Source, e.Data, hashes()
		return row, nil
	}))
	return err
}
