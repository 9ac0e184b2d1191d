package simulator

import (
	"maps"
	"net/http"
	"slices"
	"sync"
)

// Log counts the requests a site was asked. The zero value is ready; it is safe
// for concurrent use.
type Log struct {
	mu    sync.Mutex
	count map[string]int
	lines []string
}

// Watch serves next and notes every request.
func (l *Log) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.note(r)
		next.ServeHTTP(w, r)
	})
}

func (l *Log) note(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count == nil {
		l.count = map[string]int{}
	}
	l.count[r.URL.Path]++
	l.lines = append(l.lines, r.Method+" "+r.URL.RequestURI())
}

// Count is how often a path was asked.
func (l *Log) Count(path string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count[path]
}

// Total is how many requests there were.
func (l *Log) Total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

// Paths lists the paths asked, sorted.
func (l *Log) Paths() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.count))
}

// Lines lists the requests in order, each as method and address.
func (l *Log) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

// Forget starts counting again.
func (l *Log) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count, l.lines = nil, nil
}
