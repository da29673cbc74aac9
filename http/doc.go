// Package http serves Headway: the JSON API, the pages with their charts, and the
// same pages as static files. Importers alias it webhttp.
//
// It may import all of Headway but cmd; what an anonymous reader gets passes
// through domain.Disclosure before anything is serialized.
//
// Start with server.go, then summit.go.
package http
