package simulator

import "time"

// LinearTypes lists the fields of each type the simulated Linear knows, with
// what they hold: empty for a plain property, "T" for an object or a list of
// them, "T*" for a connection.
func LinearTypes() map[string]map[string]string {
	out := map[string]map[string]string{}
	for typ, fields := range gqlTypes {
		out[typ] = map[string]string{}
		for name, f := range fields {
			out[typ][name] = f.of
			if f.shape == connection {
				out[typ][name] = f.of + "*"
			}
		}
	}
	return out
}

// ParseJQL reads a query and compiles it for a site that knows any project.
func ParseJQL(text string) error {
	q, err := parseJQL(text)
	if err == nil {
		_, err = q.compile(func(string) bool { return true }, time.UTC)
	}
	return err
}
