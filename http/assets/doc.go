// Package assets embeds what pages load: our style sheet and script, and ECharts
// where the build has put it.
//
// It imports nothing of Headway. ECharts comes by npm's lock file at build; where
// it was not built in, pages name the public host of go-echarts and say so.
//
// Start with assets.go; package.json pins the library.
package assets
