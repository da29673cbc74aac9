package domain

import (
	"fmt"
	"strconv"
	"time"
)

// Date is a day, a month or a year: a fact is dated only as precisely as it is
// known. The zero Date is unknown.
type Date struct {
	Year  int // 1 to 9999; 0 is unknown
	Month int // 1 to 12; 0 when only the year is known
	Day   int // 1 to 31; 0 when only the month is known
}

// ParseDate reads ISO 8601: 2021, 2021-03 or 2021-03-15.
func ParseDate(s string) (Date, error) {
	bad := func() (Date, error) {
		return Date{}, Refuse(CodeInvalid, fmt.Sprintf("%q is not a date: write 2021, 2021-03 or 2021-03-15", s), "value", s)
	}
	for i := 0; i < len(s); i++ {
		if dash := i == 4 || i == 7; dash != (s[i] == '-') || !dash && (s[i] < '0' || s[i] > '9') {
			return bad()
		}
	}
	var d Date
	switch len(s) {
	case 10:
		d.Day, _ = strconv.Atoi(s[8:10])
		fallthrough
	case 7:
		d.Month, _ = strconv.Atoi(s[5:7])
		fallthrough
	case 4:
		d.Year, _ = strconv.Atoi(s[0:4])
	default:
		return bad()
	}
	if d.Year == 0 || len(s) >= 7 && (d.Month < 1 || d.Month > 12) {
		return bad()
	}
	if len(s) == 10 && (d.Day < 1 || d.Day > daysIn(d.Year, d.Month)) {
		return bad()
	}
	return d, nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// DayOf is the day of an instant, in UTC.
func DayOf(t time.Time) Date {
	y, m, d := t.UTC().Date()
	return Date{Year: y, Month: int(m), Day: d}
}

// IsZero reports whether the date is unknown.
func (d Date) IsZero() bool { return d.Year == 0 }

// First is the earliest day the date can mean.
func (d Date) First() time.Time {
	return time.Date(d.Year, time.Month(max(d.Month, 1)), max(d.Day, 1), 0, 0, 0, 0, time.UTC)
}

// Last is the latest day the date can mean.
func (d Date) Last() time.Time {
	switch {
	case d.Month == 0:
		return time.Date(d.Year, 12, 31, 0, 0, 0, 0, time.UTC)
	case d.Day == 0:
		return time.Date(d.Year, time.Month(d.Month), daysIn(d.Year, d.Month), 0, 0, 0, 0, time.UTC)
	}
	return d.First()
}

// Compare orders dates by their first day, and the less precise first.
func (d Date) Compare(o Date) int {
	a, b := d.Pack(), o.Pack()
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Pack gives the date as one number that sorts as Compare does.
func (d Date) Pack() uint32 { return uint32(d.Year)<<9 | uint32(d.Month)<<5 | uint32(d.Day) }

// UnpackDate undoes Pack.
func UnpackDate(p uint32) Date {
	return Date{Year: int(p >> 9), Month: int(p >> 5 & 15), Day: int(p & 31)}
}

// String is ISO 8601, as precise as the date is; empty when unknown.
func (d Date) String() string { return string(d.Append(nil)) }

// Append appends String to b.
func (d Date) Append(b []byte) []byte {
	two := func(n int) { b = append(b, '-', byte('0'+n/10%10), byte('0'+n%10)) }
	if d.Year == 0 {
		return b
	}
	b = append(b, byte('0'+d.Year/1000%10), byte('0'+d.Year/100%10), byte('0'+d.Year/10%10), byte('0'+d.Year%10))
	if d.Month != 0 {
		two(d.Month)
		if d.Day != 0 {
			two(d.Day)
		}
	}
	return b
}

// MarshalText is String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes; empty is unknown.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
