package intake

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoded is a text file as UTF-8 without a byte-order mark; wide says that it was
// UTF-16. Other encodings cannot be told apart for sure: they fail as what is not
// UTF-8.
func decoded(r *bufio.Reader) (text io.Reader, wide bool) {
	head, _ := r.Peek(512)
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = r.Discard(3)
		return r, false
	}
	endian, ok := wideOrder(head)
	if !ok {
		return r, false
	}
	return transform.NewReader(r, unicode.UTF16(endian, unicode.UseBOM).NewDecoder()), true
}

// wideOrder reports whether a text is UTF-16, and in which order its bytes are: by
// its mark, or because every other byte of what is mostly ASCII is zero.
func wideOrder(head []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.BigEndian, true
	}
	pairs := len(head) / 2
	var zeros [2]int
	for i, b := range head[:2*pairs] {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case pairs >= 4 && zeros[1] > pairs/2 && zeros[0] == 0:
		return unicode.LittleEndian, true
	case pairs >= 4 && zeros[0] > pairs/2 && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}
