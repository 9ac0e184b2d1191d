package rules

import "testing"

func TestAWordIsOnlySurelyPlainWhereYAMLSaysSo(t *testing.T) {
	for _, s := range []string{"support", "on hold", "co-written", "Ops", "yes", "No", "true", "null", "y", "a-", "-a", "a  b", "a - b", "", " ", "a: b", "5", "é", "Inf", "nan", "NULL"} {
		if list, ok := yamlList("[" + s + "]"); surelyPlain(s) && (!ok || len(list) != 1 || list[0] != any(s)) {
			t.Errorf("%q is surely plain, and YAML reads %v", s, list)
		}
	}
	for _, s := range []string{"support", "on hold", "co-written"} {
		if !surelyPlain(s) {
			t.Errorf("%q is not surely plain", s)
		}
	}
}

func FuzzSurelyPlain(f *testing.F) {
	f.Add("on hold")
	f.Add("co-written")
	f.Add("yes")
	f.Fuzz(func(t *testing.T, s string) {
		if list, ok := yamlList("[" + s + "]"); surelyPlain(s) && (!ok || len(list) != 1 || list[0] != any(s)) {
			t.Errorf("%q is surely plain, and YAML reads %v", s, list)
		}
	})
}
