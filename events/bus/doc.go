// Package bus carries events from the log to whoever follows it, by watermill:
// a Relay publishes what was appended as CloudEvents, and a Router hands them to
// handlers with retries.
//
// It may import domain, events and watermill. A bus may duplicate, reorder or
// lose: a handler that needs every event reads what it missed from the log.
//
// Start with relay.go.
package bus
