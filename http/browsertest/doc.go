// Package browsertest drives a real Chromium for tests of pages: it collects
// what went wrong in the page and takes pictures.
//
// It imports nothing of Headway; only tests import it. Without Chromium a test
// fails with the command that installs it.
//
// Start with browser.go.
package browsertest
