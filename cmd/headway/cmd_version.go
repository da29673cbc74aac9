package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"headway/http/assets"
)

func (a *app) versionCommand() *cobra.Command {
	c := &cobra.Command{Use: "version", Short: "The version of this program", Args: noArgs, Example: "  headway version --json"}
	c.RunE = func(*cobra.Command, []string) error {
		v := version
		if info, ok := debug.ReadBuildInfo(); ok && v == "unknown" && info.Main.Version != "" {
			v = info.Main.Version
		}
		if a.json {
			return a.printJSON(map[string]any{"version": v, "go": runtime.Version(), "charts_embedded": assets.HasECharts()})
		}
		a.say("headway %s (%s)", v, runtime.Version())
		return nil
	}
	return c
}
