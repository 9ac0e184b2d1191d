// Command table runs the benchmarks of fairlead and lays their figures side by side.
//
//	go run ./bench/table
//	FAIRLEAD_BENCH=full go run ./bench/table
//	go run ./bench/table --read bench.txt     what an earlier run printed
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/fairlead-dev/fairlead/bench"
)

func main() {
	read := flag.String("read", "", "a file with what an earlier run printed, instead of running anything")
	only := flag.String("only", "", "run only the benchmarks of this package: rules, store/redis, …")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *read, *only, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, read, only string, out io.Writer) error {
	figures := bench.Figures{}
	var trouble []error
	if read != "" {
		trouble = append(trouble, readFile(figures, read))
	} else {
		for _, r := range bench.Runs() {
			if only == "" || r.Package == only {
				trouble = append(trouble, goTest(ctx, figures, r))
			}
		}
	}
	fmt.Fprintln(out)
	return errors.Join(append(trouble, figures.Table(out))...)
}

// readFile reads what was printed: the lines "pkg: …" tell whose figures follow.
func readFile(figures bench.Figures, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	pkg := ""
	for line := range strings.Lines(string(text)) {
		if name, is := strings.CutPrefix(line, "pkg: "); is {
			pkg = strings.TrimPrefix(strings.TrimSpace(name), module)
		}
		if err := figures.Read(pkg, strings.NewReader(line), func(string) {}); err != nil {
			return err
		}
	}
	return nil
}

const module = "github.com/fairlead-dev/fairlead/"

// goTest runs benchmarks and shows what they print on standard error.
func goTest(ctx context.Context, figures bench.Figures, r bench.Run) error {
	args := []string{"test", "./" + r.Package, "-run", "^$", "-bench", r.Pattern, "-timeout", "3h"}
	time := r.Time
	if os.Getenv("FAIRLEAD_BENCH") == "full" {
		time = r.Full
	}
	if time != "" {
		args = append(args, "-benchtime", time)
	}
	fmt.Fprintln(os.Stderr, "go", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are ours
	cmd.Stderr = os.Stderr
	text, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := figures.Read(r.Package, text, func(line string) { fmt.Fprintln(os.Stderr, line) })
	if err := errors.Join(readErr, cmd.Wait()); err != nil {
		return fmt.Errorf("the benchmarks of %s: %w", r.Package, err)
	}
	return nil
}
