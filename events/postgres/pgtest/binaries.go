package pgtest

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// binaries returns the directory with initdb and postgres of the newest version
// that is installed.
func binaries() (string, error) {
	var dirs []string
	for _, name := range []string{"initdb", "postgres"} {
		if path, err := exec.LookPath(name); err == nil {
			if path, err = filepath.EvalSymlinks(path); err == nil {
				dirs = append(dirs, filepath.Dir(path))
			}
		}
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
	} {
		found, err := filepath.Glob(pattern)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	best, newest := "", 0
	for _, dir := range dirs {
		if v := version(dir); v > newest {
			best, newest = dir, v
		}
	}
	if best == "" {
		return "", errAbsent
	}
	return best, nil
}

var number = regexp.MustCompile(`\) (\d+)(?:\.(\d+))?`)

// version reads "postgres (PostgreSQL) 15.4 (Debian …)"; 0 where there is none.
func version(dir string) int {
	if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
		return 0
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	m := number.FindStringSubmatch(string(out))
	if err != nil || m == nil {
		return 0
	}
	major, _ := strconv.Atoi(m[1]) // digits; an empty minor is 0
	minor, _ := strconv.Atoi(m[2])
	return major*1000 + minor
}
