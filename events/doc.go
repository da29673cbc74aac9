// Package events is the record: the envelope of an event, the codec of its
// payload, and the contract of the append-only log that holds it.
//
// It may import domain and nothing else of Headway; the two logs are in
// events/sqlite and events/postgres, held to one contract by events/storetest,
// and events/bus carries what was appended to whoever follows.
//
// Start with log.go, then event.go.
package events
