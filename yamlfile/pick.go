package yamlfile

import "reflect"

// What follows reads parts of a file whose whole may have mistakes, so that one
// reading can tell as much as possible.

// DecodeAt fills into, a pointer, with the value at the path. It reports whether
// there is one and it has no mistakes; those that there are, Decode tells.
func (f *File) DecodeAt(into any, path ...any) bool {
	if !f.Has(path...) {
		return false
	}
	n := f.find(path)
	if shapeOf(into).root.Validate(n.instance()) != nil {
		return false
	}
	dst := reflect.ValueOf(into).Elem()
	fresh := reflect.New(dst.Type())
	if fill(fresh.Interface(), n) != nil {
		return false
	}
	dst.Set(fresh.Elem())
	return true
}

// Len is the number of entries of the list at the path; 0 for anything else.
func (f *File) Len(path ...any) int {
	if !f.Has(path...) {
		return 0
	}
	return len(f.find(path).items)
}

// Text is the text at the path, or empty.
func (f *File) Text(path ...any) string {
	if n := f.find(path); f.Has(path...) && n.form == text {
		return n.written()
	}
	return ""
}

// Texts is the text, or the texts of the list, at the path.
func (f *File) Texts(path ...any) []string {
	if one := f.Text(path...); one != "" {
		return []string{one}
	}
	out := make([]string, 0, f.Len(path...))
	for i := range f.Len(path...) {
		out = append(out, f.Text(extend(path, i)...))
	}
	return out
}

// PlaceOf is the position of the first text at or below the path that is word;
// without one it is Place.
func (f *File) PlaceOf(word string, path ...any) Place {
	if n := f.find(path).textNode(word); n != nil && f.Has(path...) {
		return f.placeAt(n.at)
	}
	return f.Place(path...)
}

func (n *node) textNode(word string) *node {
	if n.form == text && n.scalar == word {
		return n
	}
	for _, e := range n.entries {
		if found := e.value.textNode(word); found != nil {
			return found
		}
	}
	for _, item := range n.items {
		if found := item.textNode(word); found != nil {
			return found
		}
	}
	return nil
}
