package daemon

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"time"
)

func hackPeak(prefix string) {
	go func() {
		var most uint64
		for n := 0; ; {
			time.Sleep(100 * time.Millisecond)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > most+most/10 {
				most = m.HeapAlloc
				n++
				f, _ := os.Create(fmt.Sprintf("%s.heap", prefix))
				_ = pprof.Lookup("heap").WriteTo(f, 0)
				f.Close()
				fmt.Fprintln(os.Stderr, "heap", most>>20, "inuse", m.HeapInuse>>20, "sys", m.Sys>>20)
			}
		}
	}()
}
