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

// ReportsLate reports whether the holder may record a status after the round was
// closed: not a focal point, whose say ends with the round.
func (t *Token) ReportsLate() bool { return t != nil && (t.Role == Analyst || t.Role == Admin) }

// Reports reports whether the holder may record statuses of a country.
func (t *Token) Reports(r Respondent) bool {
	return t != nil && (t.Role == Analyst || t.Role == Admin || t.Role == FocalPoint && t.Country == r)
}
