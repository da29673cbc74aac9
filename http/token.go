package http

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"headway/domain"
)

// TokenStore keeps tokens; only a hash of each secret.
type TokenStore interface {
	TokenByHash(ctx context.Context, hash []byte) (domain.Token, bool, error)
}

// tokenPrefix makes a leaked secret easy to find by scanners.
const tokenPrefix = "hw_"

// NewToken draws a secret and completes the token with its id and hash.
func NewToken(random io.Reader, t domain.Token) (secret string, complete domain.Token, err error) {
	b := make([]byte, 28)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", t, fmt.Errorf("draw a token: %w", err)
	}
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:24])
	t.ID = hex.EncodeToString(b[24:])
	t.Hash = hashOf(secret)
	return secret, t, nil
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// cookieName has the prefix that makes browsers take the cookie only from this
// host and over a safe connection (loopback counts as one).
const cookieName = "__Host-headway"

const tokenKey = "headway.token"

// authenticate finds who is asking; nobody is not an error, a bad token is.
func (s *server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		secret := ""
		if h := c.Request().Header.Get("Authorization"); h != "" {
			bearer, ok := strings.CutPrefix(h, "Bearer ")
			if !ok {
				return problem(http.StatusUnauthorized, "bad_token", "Authorization must be: Bearer TOKEN")
			}
			secret = bearer
		} else if k, err := c.Cookie(cookieName); err == nil {
			secret = k.Value
		}
		if secret == "" {
			return next(c)
		}
		t, ok, err := s.find(c.Request().Context(), secret)
		if err != nil {
			return err
		}
		if !ok && c.Request().Header.Get("Authorization") != "" {
			return problem(http.StatusUnauthorized, "bad_token", "the token is not known, or was revoked; ask the secretariat for another")
		}
		if ok {
			c.Set(tokenKey, &t)
		}
		return next(c)
	}
}

func (s *server) find(ctx context.Context, secret string) (domain.Token, bool, error) {
	t, ok, err := s.Tokens.TokenByHash(ctx, hashOf(secret))
	if err != nil {
		return t, false, fmt.Errorf("look up the token: %w", err)
	}
	return t, ok && t.RevokedAt == nil, nil
}

// holder is the token of the request; nil for an anonymous reader.
func holder(c echo.Context) *domain.Token {
	t, _ := c.Get(tokenKey).(*domain.Token)
	return t
}

func sessionCookie(value string, age time.Duration) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, MaxAge: int(age.Seconds())}
}
