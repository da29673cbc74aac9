// Package merkle makes the log tamper-evident: a Merkle tree (RFC 6962) that
// grows with it, checkpoints signed as notes, proofs that a stranger can check
// offline, and the verification of a whole log.
//
// It may import domain and events; the stores import it for Frontier and Growth,
// and cmd for the rest.
//
// Start with frontier.go, then checkpoint.go and verify.go.
package merkle
