package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"headway/domain"
)

// Limits of a workbook, unpacked.
const (
	maxUnpacked = 256 << 20 // bytes of all parts
	maxParts    = 4000
	maxSheets   = 1000
	maxCells    = 8_000_000 // places, empty ones before a filled one among them
)

// readBook reads a workbook: first its parts, for what must not be in it, then the
// values of each sheet whose name does not start with #. Of a workbook that is no
// form of Headway, or that a mapping is for, only the first sheet.
func readBook(r io.Reader, a *answers) (err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBook+1))
	if err != nil {
		return fmt.Errorf("read the workbook: %w", err)
	}
	if len(data) > MaxBook {
		return formError(fmt.Sprintf("the workbook is larger than %d MiB; save it as CSV", MaxBook>>20))
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return formError("the file is a damaged or cut workbook; send it again")
	}
	if err := checkParts(z); err != nil {
		return err
	}
	defer func() {
		// The library takes what Excel writes; what a hostile file makes of it must not end the program.
		if p := recover(); p != nil {
			err = formError("the workbook cannot be read; open it in a spreadsheet program and save it as .xlsx again")
		}
	}()
	return readSheets(z, data, a)
}

// checkParts refuses what would unpack to too much, or is no workbook.
func checkParts(z *zip.Reader) error {
	if len(z.File) > maxParts {
		return formError(fmt.Sprintf("the workbook has %d parts, more than %d", len(z.File), maxParts))
	}
	var total uint64
	workbook := false
	for _, f := range z.File {
		if total += f.UncompressedSize64; f.UncompressedSize64 > maxUnpacked || total > maxUnpacked {
			return formError(fmt.Sprintf("the workbook unpacks to more than %d MiB; save its answers as CSV", maxUnpacked>>20))
		}
		switch name := strings.ToLower(f.Name); {
		case name == "xl/workbook.xml":
			workbook = true
		case name == "mimetype", name == "content.xml":
			return formError("the file is an OpenDocument spreadsheet (.ods); save it as .xlsx")
		case strings.HasSuffix(name, "vbaproject.bin"):
			return formError("the workbook has macros, which no form has; save it as .xlsx without them")
		case name == "xl/workbook.bin":
			return formError("the file is a binary workbook (.xlsb); save it as .xlsx")
		}
	}
	if !workbook {
		return formError("the file is an archive but no workbook; give the .xlsx or a .csv itself")
	}
	return nil
}

func readSheets(z *zip.Reader, data []byte, a *answers) error {
	scanned, err := scanBook(z)
	if err != nil {
		return err
	}
	x, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return formError("the file is a damaged workbook: " + firstLine(err))
	}
	defer func() { _ = x.Close() }() // temporary files only
	if props, err := x.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		a.since1904 = *props.Date1904
	}
	a.typed = true
	read := 0
	for _, name := range x.GetSheetList() {
		if strings.HasPrefix(name, "#") {
			continue
		}
		if read > 0 && (a.options.Mapping != nil || !isForm(x, name)) {
			continue // a sheet that somebody added
		}
		sheet, ok := scanned[name]
		if !ok {
			continue // a chart
		}
		if err := sheet.check(); err != nil {
			return err
		}
		empty, err := readSheet(x, name, a)
		if err != nil {
			return err
		}
		if !empty {
			read++
		}
	}
	if read == 0 {
		return formError("the workbook has no header; the first line must be country,indicator,status or country and a column for each indicator")
	}
	return a.endMapped()
}

// isForm reports whether a sheet says that it is a form of Headway.
func isForm(x *excelize.File, sheet string) bool {
	v, err := x.GetCellValue(sheet, "A1")
	return err == nil && strings.HasPrefix(v, "# headway-form ")
}

// readSheet hands the lines of a sheet on, and says whether there were none.
func readSheet(x *excelize.File, name string, a *answers) (empty bool, err error) {
	rows, err := x.Rows(name)
	if err != nil {
		return true, formError(fmt.Sprintf("sheet %s cannot be read: %s", name, firstLine(err)))
	}
	defer func() { _ = rows.Close() }() // read only
	a.begin(name)
	for row := 1; rows.Next(); row++ {
		cells, err := rows.Columns()
		if err != nil {
			return false, formError(fmt.Sprintf("sheet %s, row %d cannot be read: %s", name, row, firstLine(err)))
		}
		if len(cells) == 0 {
			continue
		}
		for i, c := range cells {
			if strings.ContainsRune(c, 0) {
				return false, formError(fmt.Sprintf("sheet %s, row %d, column %d holds no text", name, row, i+1))
			}
		}
		if err := a.line(row, cells); err != nil {
			return false, inSheet(err, name)
		}
	}
	if err := rows.Error(); err != nil {
		return false, formError(fmt.Sprintf("sheet %s cannot be read: %s", name, firstLine(err)))
	}
	return a.header == nil, nil
}

// inSheet names the sheet in a refusal of its form that does not.
func inSheet(err error, sheet string) error {
	r := domain.RefusalOf(err)
	if r == nil || r.Code != domain.CodeImport || strings.Contains(r.Message, "sheet ") {
		return err
	}
	out := *r
	out.Message = "sheet " + sheet + ": " + r.Message
	return &out
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
