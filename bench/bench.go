// Package bench holds what benchmarks share: what a process used of the machine,
// and how the lines that "go test -bench" prints are read again and laid side by side.
package bench

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// ProcessorTime is what this process has used of all processors so far; 0 where the
// system does not tell. It grows in steps of a hundredth of a second.
func ProcessorTime() time.Duration {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // behind the name, which may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = time.Second / 100
	return time.Duration(user+system) * tick
}

// Figures are what benchmarks told: by the name of the benchmark without processors,
// then by unit. Of one that ran several times the last counts.
type Figures map[string]map[string]float64

// Read adds the lines of a run. Every line is handed on to echo.
func (f Figures) Read(pkg string, from io.Reader, echo func(line string)) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		echo(lines.Text())
		if name, units, ok := parse(lines.Text()); ok {
			f[pkg+"."+name] = units
		}
	}
	return lines.Err()
}

// parse reads "BenchmarkX/part-2  10  123 ns/op  4.5 x/y".
func parse(line string) (name string, units map[string]float64, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
		return "", nil, false
	}
	if _, err := strconv.Atoi(fields[1]); err != nil {
		return "", nil, false
	}
	units = map[string]float64{}
	for i := 2; i < len(fields); i += 2 {
		n, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return "", nil, false
		}
		units[fields[i+1]] = n
	}
	name = strings.TrimPrefix(fields[0], "Benchmark")
	if at := strings.LastIndexByte(name, '-'); at > 0 {
		if _, err := strconv.Atoi(name[at+1:]); err == nil {
			name = name[:at]
		}
	}
	return name, units, true
}
