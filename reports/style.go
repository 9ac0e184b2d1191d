//nolint:misspell // CSS spells colour its own way
package reports

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"sync"
)

// token is a colour with a meaning, on paper and on dark ground.
type token struct{ light, dark string }

// tokens are the colours of every page fairlead makes.
var tokens = map[string]token{
	"paper":     {"#FBFAF7", "#14171D"},
	"ink":       {"#1D2433", "#E8E6E1"},
	"muted":     {"#5B6475", "#A3A9B5"},
	"line":      {"#E3E0D8", "#2B313B"},
	"accent":    {"#1F5FA8", "#8DBBF0"},
	"attention": {"#9A5B00", "#E5B567"},
	"settled":   {"#2F6B4F", "#8CCBA8"},
}

const (
	fontStack = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
	bodyType  = "font-family:" + fontStack + ";font-size:16px;line-height:24px;"
	smallType = "font-family:" + fontStack + ";font-size:14px;line-height:21px;"
	headType  = "font-family:" + fontStack + ";font-size:18px;line-height:26px;font-weight:600;margin:0 0 12px;"
)

// sheet is every style of the page. Mail programs drop style sheets and know no
// custom properties, so each is written into the elements; {token} stands for
// its colour. Only what changes in the dark or on a narrow screen goes into the
// page's own sheet, where it is derived from these.
var sheet = map[string]string{
	"page":      "margin:0;padding:0;background-color:{paper};color:{ink};" + bodyType + "-webkit-text-size-adjust:100%;",
	"preheader": "display:none;max-height:0;max-width:0;overflow:hidden;font-size:1px;line-height:1px;color:{paper};mso-hide:all;",
	"gutter":    "padding:40px 24px 48px;",
	"column":    "width:100%;max-width:632px;",
	"cell":      "text-align:left;color:{ink};" + bodyType + "overflow-wrap:anywhere;word-break:break-word;",
	"title":     smallType + "font-weight:400;margin:0 0 8px;color:{muted};",
	"headline":  "font-family:" + fontStack + ";font-size:26px;line-height:34px;font-weight:600;letter-spacing:-0.01em;margin:0;color:{ink};",
	"flight":    bodyType + "margin:12px 0 0;color:{ink};",
	"note":      bodyType + "margin:16px 0 0;padding:0 0 0 12px;border-left:3px solid {attention};color:{ink};",
	"section":   "margin:32px 0 0;padding:20px 0 0;border-top:1px solid {line};",
	"settled":   headType + "color:{settled};",
	"attention": headType + "color:{attention};",
	"heading":   headType + "color:{ink};",
	"subhead":   bodyType + "font-weight:600;margin:20px 0 8px;color:{ink};",
	"list":      bodyType + "margin:0;padding:0;list-style:none;",
	"row":       bodyType + "margin:0 0 8px;color:{ink};",
	"entry":     bodyType + "margin:0 0 20px;color:{ink};",
	"subject":   bodyType + "font-weight:600;margin:0 0 4px;color:{ink};",
	"key":       "color:{accent};text-decoration:none;white-space:nowrap;font-variant-numeric:tabular-nums;",
	"text":      bodyType + "margin:0 0 4px;color:{ink};",
	"ask":       bodyType + "margin:0 0 4px;padding:0 0 0 12px;border-left:3px solid {accent};color:{ink};",
	"aside":     smallType + "margin:0;color:{muted};",
	"quiet":     "color:{muted};",
	"table":     "width:100%;border-collapse:collapse;",
	"th":        smallType + "font-weight:400;text-align:left;vertical-align:bottom;padding:0 16px 6px 0;color:{muted};white-space:nowrap;",
	"th-number": smallType + "font-weight:400;text-align:right;vertical-align:bottom;padding:0 0 6px 16px;color:{muted};white-space:nowrap;",
	"promise":   bodyType + "font-weight:600;text-align:left;vertical-align:bottom;padding:12px 16px 0 0;border-top:1px solid {line};color:{ink};",
	"trend":     "vertical-align:bottom;padding:12px 0 4px;border-top:1px solid {line};width:118px;",
	"now":       bodyType + "font-weight:600;text-align:right;vertical-align:bottom;padding:12px 0 0 16px;border-top:1px solid {line};color:{ink};white-space:nowrap;font-variant-numeric:tabular-nums;",
	"under":     smallType + "padding:4px 0 12px;color:{ink};",
	"ticket":    smallType + "margin:0 0 2px;color:{ink};",
	"bars":      "border-collapse:collapse;font-size:0;line-height:0;",
	"slot":      "height:28px;padding:0 2px 0 0;",
	"bar":       "width:8px;background-color:{accent};",
	"unknown":   "width:8px;background-color:{line};",
	"running":   "width:6px;border:1px solid {accent};border-bottom:0;",
	"figure":    smallType + "margin:28px 0 8px;color:{muted};",
	"shown":     "margin:0;",
	"picture":   "display:block;width:100%;max-width:480px;height:auto;border:0;",
	"question":  bodyType + "font-weight:600;margin:0 0 12px;color:{ink};",
	"foot":      smallType + "margin:0 0 8px;color:{muted};",
	"link":      "color:{accent};text-decoration:underline;",
}

// narrow is what changes on a phone.
const narrow = "@media (max-width:480px){.gutter{padding:24px 16px 32px !important}.headline{font-size:22px !important;line-height:29px !important}}"

// attributes are the style of every name in the sheet, and the class where the
// page's own sheet says more about it, ready to stand in a tag.
var attributes = sync.OnceValue(func() map[string]template.HTMLAttr {
	out := make(map[string]template.HTMLAttr, len(sheet))
	for name, style := range sheet {
		light := coloured(style, func(t token) string { return t.light })
		attr := fmt.Sprintf(`style="%s"`, strings.TrimSuffix(light, ";"))
		if strings.Contains(string(styleSheet()), "."+name+"{") {
			attr = fmt.Sprintf(`class="%s" `, name) + attr
		}
		out[name] = template.HTMLAttr(attr)
	}
	return out
})

// styleSheet is the page's own sheet: the dark colours of everything that has
// a colour, and the narrow screen.
var styleSheet = sync.OnceValue(func() template.CSS {
	var b strings.Builder
	b.WriteString(":root{color-scheme:light dark;supported-color-schemes:light dark}")
	b.WriteString(narrow)
	b.WriteString("@media (prefers-color-scheme:dark){")
	for _, name := range sheetNames() {
		if dark := darkened(sheet[name]); dark != "" {
			b.WriteString("." + name + "{" + dark + "}")
		}
	}
	b.WriteString("}")
	return template.CSS(b.String())
})

func sheetNames() []string { return slices.Sorted(maps.Keys(sheet)) }

// darkened keeps the declarations of a style that name a token.
func darkened(style string) string {
	var out []string
	for d := range strings.SplitSeq(style, ";") {
		if strings.Contains(d, "{") {
			out = append(out, coloured(d, func(t token) string { return t.dark })+" !important")
		}
	}
	return strings.Join(out, ";")
}

func coloured(style string, ground func(token) string) string {
	for name, t := range tokens {
		style = strings.ReplaceAll(style, "{"+name+"}", ground(t))
	}
	return style
}

// css gives a template the attributes of a named style.
func css(name string) (template.HTMLAttr, error) {
	a, ok := attributes()[name]
	if !ok {
		return "", fmt.Errorf("no style %q", name)
	}
	return a, nil
}
