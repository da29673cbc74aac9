// Package chart builds the charts of the pages: go-echarts composes and checks
// the options, and what comes out is plain JSON that the page's own script hands
// to ECharts, with the table and the description of the same numbers.
//
// It may import domain and go-echarts; texts come in translated, and code never
// comes from data.
//
// Each constructor takes texts in words, numbers as shares from 0 to 1, and the
// table of the same numbers; nil is what is not known or not shown:
//
//	Dumbbell   two rounds in rows: indicators, or the groups of one; bands, changes
//	Lines      series over rounds: bands, breaks, named cuts
//	Bars       distributions as bars of 100 %: statuses, levels; Stages for stages
//	Flow       who moved from which status to which between two rounds
//	Grid       a category for each row and column, up to ten thousand cells
//	Multiples  several small series on one scale, each with its newest number
//
// Colors are Meanings: one for each status on all pages, Level for scales. A page
// lists its charts by a figures method on its body, and sends their pictures and
// numbers by one line, server.chartFiles.
//
// Start with chart.go.
package chart
