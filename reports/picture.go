//nolint:misspell // Go spells colour its own way
package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/png"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The picture's size in CSS pixels. It is drawn with two pixels for each, and so
// small that its words can still be read where a phone scales it down.
const (
	pictureWidth  = 440
	pictureHeight = 210
	pictureDPI    = 144
	mostMarked    = 2  // marks
	markHeight    = 17 // of the name of one
)

// ground is what a picture is drawn on: paper or dark.
type ground func(token) string

func onPaper(t token) string { return t.light }
func onDark(t token) string  { return t.dark }

// colour is a token on the ground.
func (g ground) colour(name string) color.Color {
	n, err := strconv.ParseUint(strings.TrimPrefix(g(tokens[name]), "#"), 16, 32)
	if err != nil {
		panic("token " + name + ": " + err.Error()) // a token of ours
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
}

// draw makes the picture of a trend as a PNG. The same trend gives the same bytes.
func (t *Trend) draw(g ground, running bool) ([]byte, error) {
	canvas := vgimg.NewWith(vgimg.UseWH(pictureWidth, pictureHeight), vgimg.UseDPI(pictureDPI), vgimg.UseBackgroundColor(g.colour("paper")))
	p := chart(t, g)
	p.Add(&course{trend: t, ground: g, running: running})
	marks := vg.Length(min(mostMarked, len(t.Marks)))
	p.Draw(draw.Crop(draw.New(canvas), 2, -2, 2, -10-markHeight*marks))
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, paletted(canvas.Image())); err != nil {
		return nil, fmt.Errorf("draw the trend: %w", err)
	}
	return b.Bytes(), nil
}

// paletted is the picture in its 256 most frequent colours, which is all that a few
// lines and their soft edges need: a quarter of the bytes, and of the time.
func paletted(in image.Image) *image.Paletted {
	flat := image.NewRGBA(in.Bounds())
	imagedraw.Draw(flat, flat.Bounds(), in, flat.Bounds().Min, imagedraw.Src)
	counts := map[color.RGBA]int{}
	for _, r := range runs(flat) {
		counts[r.colour] += r.length
	}
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	nearest := make(map[color.RGBA]uint8, len(colours))
	for _, c := range colours {
		nearest[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(flat.Bounds(), palette)
	at := 0
	for _, r := range runs(flat) {
		n := nearest[r.colour]
		for range r.length {
			out.Pix[at] = n
			at++
		}
	}
	return out
}

// run is a stretch of one colour, from left to right and top to bottom.
type run struct {
	colour color.RGBA
	length int
}

func runs(in *image.RGBA) []run {
	var out []run
	for i := 0; i+4 <= len(in.Pix); i += 4 {
		c := color.RGBA{in.Pix[i], in.Pix[i+1], in.Pix[i+2], in.Pix[i+3]}
		if last := len(out) - 1; last >= 0 && out[last].colour == c {
			out[last].length++
			continue
		}
		out = append(out, run{c, 1})
	}
	return out
}

// chart is the ground that a course is drawn on: axes, weeks, room for the label
// at the end of the line.
func chart(t *Trend, g ground) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = g.colour("paper")
	p.X.Min, p.X.Max = -0.3, t.roomFor(endStyle(g).Width(t.endWords())+14)
	p.Y.Min, p.Y.Max = 0, float64(t.top())
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(t.weekTicks()), plot.ConstantTicks(t.countTicks())
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Width = g.colour("line"), 1
		a.Tick.Color, a.Tick.Length = g.colour("line"), 4
		style := letters(g, "muted", 14)
		style.XAlign, style.YAlign = a.Tick.Label.XAlign, a.Tick.Label.YAlign
		a.Tick.Label = style
		a.Padding = 4
	}
	p.X.Width, p.Y.Width, p.Y.Tick.Width = 0, 0, 0
	return p
}

func letters(g ground, token string, size vg.Length) text.Style {
	return text.Style{
		Color: g.colour(token), Font: plotfont.From(plotfont.Font{Typeface: "Liberation", Variant: "Sans"}, size), Handler: plot.DefaultTextHandler,
	}
}

// roomFor is the end of the scale that leaves so much room behind the last week.
func (t *Trend) roomFor(label vg.Length) float64 {
	last := float64(len(t.Weeks) - 1)
	share := float64(label) / (pictureWidth - 30)
	return last + share/(1-share)*(last+0.3)
}

func endStyle(g ground) text.Style {
	style := letters(g, "ink", 15)
	style.Font.Weight, style.YAlign = font.WeightBold, text.YCenter
	return style
}

func (t *Trend) endWords() string {
	n := t.Open[len(t.Open)-1]
	if n == nil {
		return ""
	}
	return number(*n) + " open"
}

// top is the upper end of the scale, a whole number of steps.
func (t *Trend) top() int { return (t.most() + t.step() - 1) / t.step() * t.step() }

// most is how much was open at most; never so little that one exception looks
// like many.
func (t *Trend) most() int {
	top := 4
	for _, n := range t.Open {
		if n != nil {
			top = max(top, *n)
		}
	}
	return top
}

// weekTicks names every fourth week and the last.
func (t *Trend) weekTicks() []plot.Tick {
	var out []plot.Tick
	last := len(t.Weeks) - 1
	for i, w := range t.Weeks {
		tick := plot.Tick{Value: float64(i)}
		if i == last || i%4 == 0 && last-i > 1 {
			_, number, _ := strings.Cut(w, "-")
			tick.Label = number
		}
		out = append(out, tick)
	}
	return out
}

// countTicks are none, the top and what lies between in round steps.
func (t *Trend) countTicks() []plot.Tick {
	var out []plot.Tick
	for n := 0; n <= t.top(); n += t.step() {
		out = append(out, plot.Tick{Value: float64(n), Label: number(n)})
	}
	return out
}

// step is 1, 2 or 5 at some power of ten, so that there are at most four steps.
func (t *Trend) step() int {
	step := 1
	for factor := 0; t.most()/step > 4; factor++ {
		step = []int{1, 2, 5}[factor%3] * pow10(factor/3)
	}
	return step
}

func pow10(n int) int {
	out := 1
	for range n {
		out *= 10
	}
	return out
}

// course draws the line, its end and the marks.
type course struct {
	trend   *Trend
	ground  ground
	running bool // the last week is not over
}

// Plot implements plot.Plotter.
func (c *course) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	at := func(i int) vg.Point { return vg.Point{X: x(float64(i)), Y: y(float64(*c.trend.Open[i]))} }
	for _, tick := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		canvas.StrokeLine2(draw.LineStyle{Color: c.ground.colour("line"), Width: 0.75}, x(p.X.Min), y(tick.Value), x(float64(len(c.trend.Weeks)-1)), y(tick.Value))
	}
	c.marks(canvas, x, y(p.Y.Max))
	last := len(c.trend.Open) - 1
	style := draw.LineStyle{Color: c.ground.colour("accent"), Width: 2.5}
	for i := 1; i <= last; i++ {
		if c.trend.Open[i-1] == nil || c.trend.Open[i] == nil {
			continue
		}
		if style.Dashes = nil; i == last && c.running {
			style.Dashes = []vg.Length{4, 4}
		}
		canvas.StrokeLines(style, []vg.Point{at(i - 1), at(i)})
	}
	for i := range last {
		alone := c.trend.Open[i] != nil && (i == 0 || c.trend.Open[i-1] == nil) && c.trend.Open[i+1] == nil
		if alone {
			canvas.DrawGlyph(draw.GlyphStyle{Color: style.Color, Radius: 2.5, Shape: draw.CircleGlyph{}}, at(i))
		}
	}
	if c.trend.Open[last] != nil {
		c.end(canvas, at(last))
	}
}

// end is the point of the last week with its number; hollow while the week runs.
func (c *course) end(canvas draw.Canvas, at vg.Point) {
	canvas.DrawGlyph(draw.GlyphStyle{Color: c.ground.colour("accent"), Radius: 4.5, Shape: draw.CircleGlyph{}}, at)
	if c.running {
		canvas.DrawGlyph(draw.GlyphStyle{Color: c.ground.colour("paper"), Radius: 2.5, Shape: draw.CircleGlyph{}}, at)
	}
	canvas.FillText(endStyle(c.ground), vg.Point{X: at.X + 10, Y: at.Y}, c.trend.endWords())
}

// marks show in which week something began.
func (c *course) marks(canvas draw.Canvas, x func(float64) vg.Length, top vg.Length) {
	for n, m := range c.trend.Marks[:min(mostMarked, len(c.trend.Marks))] {
		i := slices.Index(c.trend.Weeks, m.Week)
		if i < 0 {
			continue
		}
		at := x(float64(i))
		line := draw.LineStyle{Color: c.ground.colour("attention"), Width: 1.25, Dashes: []vg.Length{2, 3}}
		canvas.StrokeLine2(line, at, canvas.Min.Y, at, top+4+vg.Length(markHeight*n))
		style := letters(c.ground, "attention", 13)
		style.YAlign = text.YBottom
		if style.XAlign = text.XLeft; i > len(c.trend.Weeks)/2 {
			style.XAlign = text.XRight
		}
		canvas.FillText(style, vg.Point{X: at, Y: top + 5 + vg.Length(markHeight*n)}, markWords(m.Text))
	}
}

// markWords is the name of what began, as far as the font and the room allow.
func markWords(s string) string {
	known := func(r rune) bool {
		return r < utf8.RuneSelf || unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) || strings.ContainsRune("–—‘’“”…", r)
	}
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return !known(r) }) {
		return "an experiment began"
	}
	return shorten(s, 30)
}

// spoken says what the picture shows.
func (t *Trend) spoken(running bool) string {
	parts := make([]string, len(t.Open))
	for i, n := range t.Open {
		parts[i] = "unknown"
		if n != nil {
			parts[i] = number(*n)
		}
	}
	out := fmt.Sprintf("Open exceptions at the end of each week from %s to %s: %s.", t.Weeks[0], t.Weeks[len(t.Weeks)-1], strings.Join(parts, "; "))
	if running {
		out += " The last week is still running."
	}
	for _, m := range t.Marks {
		out += " " + sentence(quoted(m.Text)+" began in "+m.Week)
	}
	return out
}
