package i18n

import (
	"math"
	"sync"

	"golang.org/x/text/number"
)

// A page writes hundreds of numbers, mostly shares of the same few respondents; what a
// language makes of one is kept, up to mostNumbers.
const mostNumbers = 1 << 14

// manner is how a number is written.
type manner struct {
	percent  bool
	decimals int
	bits     uint64 // of the number
}

// numbers are the numbers of a language as they are written. It is safe for concurrent
// use.
type numbers struct {
	mu      sync.RWMutex
	written map[manner]string
}

// text is a number as it is written, by write where it is not kept.
func (n *numbers) text(m manner, write func() string) string {
	n.mu.RLock()
	s, ok := n.written[m]
	n.mu.RUnlock()
	if ok {
		return s
	}
	s = write()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.written == nil || len(n.written) >= mostNumbers {
		n.written = map[manner]string{}
	}
	n.written[m] = s
	return s
}

// Percent writes a share from 0 to 1 with one decimal.
func (p *Printer) Percent(v float64) string {
	return p.numbers.text(manner{percent: true, decimals: 1, bits: math.Float64bits(v)}, func() string {
		return p.printer.Sprint(number.Percent(v, number.MaxFractionDigits(1)))
	})
}

// Points writes a difference of shares in percentage points, with its sign.
func (p *Printer) Points(v float64) string {
	s := p.Decimal(100*v, 1)
	if v > 0 {
		s = "+" + s
	}
	return s
}

// Decimal writes a number with a number of decimals.
func (p *Printer) Decimal(v float64, decimals int) string {
	return p.numbers.text(manner{decimals: decimals, bits: math.Float64bits(v)}, func() string {
		return p.printer.Sprint(number.Decimal(v, number.Scale(decimals)))
	})
}
