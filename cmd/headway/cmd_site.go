package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headway/domain"
	webhttp "headway/http"
	"headway/http/chart/render"
	"headway/http/i18n"
	"headway/projections"
)

func (a *app) siteCommand() *cobra.Command {
	var from, to, dir, langs string
	var drawn, png bool
	c := &cobra.Command{Use: "site", Short: "Write the report as static files that open from disk, for anybody", Args: noArgs,
		Long: "Write the report of two rounds as static files that open from disk, for anybody: in each language every page\n" +
			"that anybody may read, a table of contents, all of it on one page for print, the numbers of every chart as CSV\n" +
			"and its picture as SVG. report.json says of what and when it tells. The folder is replaced as a whole; one that\n" +
			"holds anything but a report is refused. The same log and choice give the same bytes.",
		Example: "  headway site --from 2021 --to 2025 -o report --lang en,ar,fr,es"}
	f := c.Flags()
	f.StringVar(&from, "from", "", "the earlier round")
	f.StringVar(&to, "to", "", "the later round")
	framework := frameworkFlag(c)
	f.StringVarP(&dir, "output", "o", "", "folder to write")
	f.StringVar(&langs, "lang", strings.Join(i18n.Languages, ","), "languages, separated by commas")
	f.BoolVar(&drawn, "pictures", true, "draw every chart as SVG; without, pages draw their charts by script")
	f.BoolVar(&png, "png", false, "every chart as PNG too")
	c.RunE = func(c *cobra.Command, _ []string) error {
		o := webhttp.Static{From: domain.RoundID(from), To: domain.RoundID(to), PNG: png}
		for l := range strings.SplitSeq(langs, ",") {
			if !i18n.Has(l) {
				return usageError{fmt.Errorf("--lang %q is not one of %s", l, strings.Join(i18n.Languages, ", "))}
			}
			if !slices.Contains(o.Languages, l) {
				o.Languages = append(o.Languages, l)
			}
		}
		if png && !drawn {
			return usageError{errors.New("--png needs pictures; leave --pictures=false out")}
		}
		if drawn {
			var err error
			if o.Pictures, err = a.pictures(png || c.Flags().Changed("pictures")); err != nil {
				return err
			}
		}
		return a.with(c.Context(), func(s *session) error {
			var err error
			s.runner.Read(func(st *projections.State) { err = rounds(st, from, to, *framework, st.Position()) })
			if err != nil {
				return err
			}
			n, err := webhttp.WriteStatic(c.Context(), dir, s.runner, s.logger, o)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"files": n, "directory": dir})
			}
			a.say("wrote %d files to %s; open %s/index.html", n, dir, dir)
			return nil
		})
	}
	required(c, "from", "to", "output")
	return c
}

// pictures draw charts on all cores. Where this program was built without what they
// are drawn with, they are left out, and it says so, unless they are a must.
func (a *app) pictures(must bool) (webhttp.Pictures, error) {
	if !render.Built() {
		if must {
			return nil, render.ErrNotBuilt
		}
		a.note("pictures are left out: ECharts and the fonts were not built in; run make build")
		return nil, nil
	}
	r, err := render.New(render.Options{Workers: runtime.GOMAXPROCS(0), Timeout: patience})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// patience is how long one picture may take, also on a slow and busy machine.
const patience = 5 * time.Minute
