package intake

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"headway/domain"
)

// Habit is the order in which a file writes the day and the month.
type Habit string

// The habits. Without one a date that could mean two days is refused.
const (
	DayFirst   Habit = "day-first"
	MonthFirst Habit = "month-first"
)

var (
	serial  = regexp.MustCompile(`^\d{5}([.,]\d+)?$`)
	parted  = regexp.MustCompile(`^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$`)
	ordered = regexp.MustCompile(`^(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?$`)
	instant = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$`)
)

// readDate brings a date to ISO 8601. Of an instant the day counts, as it is
// written. What cannot be read is left to whoever decides; what could mean two days
// is refused.
func readDate(s string, habit Habit) (string, *domain.Refusal) {
	s = strings.TrimPrefix(ascii(strings.TrimSpace(s)), "'")
	if m := instant.FindStringSubmatch(s); m != nil {
		return m[1], nil
	}
	if m := ordered.FindStringSubmatch(s); m != nil {
		out := m[1] + "-" + two(m[2])
		if m[3] != "" {
			out += "-" + two(m[3])
		}
		return out, nil
	}
	if serial.MatchString(s) {
		return s, domain.Refuse(domain.CodeInvalid,
			fmt.Sprintf("%q is a date as a spreadsheet counts it; give its column the format of dates (2021-03-15) and save again", s), "value", s)
	}
	m := parted.FindStringSubmatch(s)
	if m == nil {
		return s, nil
	}
	day, month, year := m[1], m[2], m[3]
	a, _ := strconv.Atoi(day)
	b, _ := strconv.Atoi(month)
	switch {
	case habit == "" && a <= 12 && b <= 12 && a != b:
		return s, domain.Refuse(domain.CodeInvalid,
			fmt.Sprintf("%q could be the %s-%s-%s or the %s-%s-%s; write 2021-03-15, or say dates: day-first in a mapping", s, year, two(month), two(day), year, two(day), two(month)),
			"value", s)
	case habit == MonthFirst || habit == "" && a <= 12:
		day, month, b = month, day, a
	}
	if b > 12 {
		return s, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("%q has no month %s; write 2021-03-15", s, month), "value", s)
	}
	return year + "-" + two(month) + "-" + two(day), nil
}

// serialDate brings a number that a spreadsheet shows as a date to ISO 8601: a day
// counted from 1900 or 1904, with its time where it has one, or a year that somebody
// typed.
func serialDate(s string, since1904 bool) (string, bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || v < 1 || v > 2_958_465 { // the last day of 9999
		return s, false
	}
	if v >= 1900 && v <= 2200 && v == math.Trunc(v) {
		return strconv.Itoa(int(v)), true
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if since1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	day := epoch.AddDate(0, 0, int(v))
	if seconds := math.Round((v - math.Trunc(v)) * 86400); seconds > 0 {
		return day.Add(time.Duration(seconds) * time.Second).Format(time.DateTime), true
	}
	return day.Format(time.DateOnly), true
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// ascii writes the digits of any script as 0 to 9, and the decimal sign and the
// separator of Arabic as a point and nothing.
func ascii(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		plain = plain && s[i] < 0x80
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '٫':
			return '.'
		case r == '٬', r == '\u200f', r == '\u200e':
			return -1
		case r > unicode.MaxASCII && unicode.IsDigit(r):
			zero := r // the digits of a script stand in a row from its zero
			for unicode.IsDigit(zero-1) && r-zero < 9 {
				zero--
			}
			return '0' + r - zero
		}
		return r
	}, s)
}
