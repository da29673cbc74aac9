// Package chart builds the charts of the pages: go-echarts composes and checks
// the options, and what comes out is plain JSON that the page's own script hands
// to ECharts, with the table and the description of the same numbers.
//
// It may import domain and go-echarts; texts come in translated, and code never
// comes from data.
//
// Start with chart.go.
package chart
