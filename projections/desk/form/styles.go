package form

import "github.com/xuri/excelize/v2"

// styles are the looks of cells. Only answers are unlocked.
type styles struct {
	line, title, head, text, code int // locked
	closed                        int // locked: an answer that cannot be given here
	answer, date, note, address   int
}

const (
	grey   = "E7E6E6"
	blue   = "DDEBF7"
	border = "BFBFBF"
	asText = 49 // the number format "@": what is typed stays a text, also 1-2 or =1
)

func (b *workbook) makeStyles(font string) styles {
	horizontal, reading, size := "left", uint64(1), 10.0
	if b.form.rightToLeft() {
		horizontal, reading, size = "right", 2, 12
	}
	edges := make([]excelize.Border, 0, 4)
	for _, side := range []string{"left", "right", "top", "bottom"} {
		edges = append(edges, excelize.Border{Type: side, Color: border, Style: 1})
	}
	style := func(locked bool, change func(*excelize.Style)) int {
		s := &excelize.Style{
			Font:       &excelize.Font{Family: font, Size: size},
			Alignment:  &excelize.Alignment{Horizontal: horizontal, Vertical: "top", ReadingOrder: reading, WrapText: true},
			Border:     edges,
			Protection: &excelize.Protection{Locked: locked},
			NumFmt:     asText,
		}
		change(s)
		id, err := b.file.NewStyle(s)
		b.do(err)
		return id
	}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	plain := func(s *excelize.Style) { s.Border, s.Alignment.WrapText = nil, false }
	ltr := func(s *excelize.Style) { s.Alignment.ReadingOrder = 1 }
	day := "yyyy-mm-dd"
	return styles{
		line:    style(true, plain),
		title:   style(true, func(s *excelize.Style) { plain(s); s.Font.Bold, s.Font.Size = true, size+3 }),
		head:    style(true, func(s *excelize.Style) { s.Font.Bold, s.Fill = true, fill(blue) }),
		text:    style(true, func(s *excelize.Style) { s.Fill = fill("F7F7F7") }),
		code:    style(true, func(s *excelize.Style) { ltr(s); s.Fill, s.Font.Size = fill("F7F7F7"), 9 }),
		closed:  style(true, func(s *excelize.Style) { s.Fill = fill(grey) }),
		answer:  style(false, func(*excelize.Style) {}),
		date:    style(false, func(s *excelize.Style) { ltr(s); s.NumFmt, s.CustomNumFmt = 0, &day }),
		note:    style(false, func(*excelize.Style) {}),
		address: style(false, ltr),
	}
}
