package domain

import (
	"slices"
	"time"
)

// Role says what the holder of a token may see and do.
type Role string

// The roles. Every holder may read aggregates unsuppressed; a focal point sees
// the own country only.
const (
	Viewer     Role = "viewer"
	FocalPoint Role = "focal_point"
	Analyst    Role = "analyst"
	Auditor    Role = "auditor"
	Admin      Role = "admin"
)

// Roles lists all roles.
func Roles() []Role { return []Role{Viewer, FocalPoint, Analyst, Auditor, Admin} }

// Token is the right of its holder, without the secret: only a hash is kept.
type Token struct {
	ID        string     `json:"id"`
	Role      Role       `json:"role"`
	Country   Respondent `json:"country,omitempty"`
	Hash      []byte     `json:"-"` // SHA-256 of the secret
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// CheckToken refuses a token that makes no sense.
func CheckToken(t Token) error {
	if !slices.Contains(Roles(), t.Role) {
		return Refuse(CodeInvalid, "role is one of viewer, focal_point, analyst, auditor, admin", "role", string(t.Role))
	}
	if t.Role == FocalPoint && !ValidRespondent(string(t.Country)) {
		return Refuse(CodeInvalid, "a focal point reports for one country; give --country", "role", string(t.Role))
	}
	if t.Role != FocalPoint && t.Country != "" {
		return Refuse(CodeInvalid, "only a focal point is bound to a country; leave --country out", "role", string(t.Role))
	}
	return nil
}

// Sees reports whether the holder may see a country's own answers. A nil token
// is an anonymous reader, who sees none.
func (t *Token) Sees(r Respondent) bool {
	return t != nil && (t.Role != FocalPoint || t.Country == r)
}

// SeesAll reports whether the holder may see every country's answers.
func (t *Token) SeesAll() bool { return t != nil && t.Role != FocalPoint }

// Records reports whether the holder may record statuses that take effect at
// once, also late ones. A focal point submits them for review instead, while the
// round is open.
func (t *Token) Records() bool { return t != nil && (t.Role == Analyst || t.Role == Admin) }

// Submits reports whether the holder may submit statuses of a country for review.
func (t *Token) Submits(r Respondent) bool {
	return t.Records() || t != nil && t.Role == FocalPoint && t.Country == r
}

// Reviews reports whether the holder may approve and return submissions of others.
func (t *Token) Reviews() bool { return t.Records() }

// SeesDrafts reports whether the holder may see what was submitted of a country
// and not approved: who reviews it, and the country's focal point.
func (t *Token) SeesDrafts(r Respondent) bool { return t.Submits(r) }
