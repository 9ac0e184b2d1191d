package slack

import (
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"

	"github.com/slack-go/slack"
)

//go:embed page.tmpl
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// PreviewPage writes one page of HTML that shows a message and its thread
// roughly as Slack does: for a look before anything is sent. It fetches nothing.
func PreviewPage(w io.Writer, m Message) error {
	v := pageView{Posts: []postView{viewOf(m.Main)}}
	for _, p := range m.Thread {
		v.Thread = append(v.Thread, viewOf(p))
	}
	if m.Picture != nil {
		v.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(m.Picture.PNG)) //nolint:gosec // base64
		v.Alt, v.PictureTitle = m.Picture.Alt, pictureTitle
	}
	v.Replies = len(v.Thread)
	if m.Picture != nil {
		v.Replies++
	}
	return pageTemplate.Execute(w, v)
}

type pageView struct {
	Posts, Thread     []postView
	Replies           int
	Picture           template.URL
	Alt, PictureTitle string
}

type postView struct {
	Fallback string
	Blocks   []blockView
}

// blockView is a header, or rich text.
type blockView struct {
	Header string
	Parts  []partView
}

// partView is a paragraph, or a list at a depth.
type partView struct {
	List  bool
	Depth int
	Lines [][]pieceView
}

type pieceView struct {
	Text, URL string
	Bold      bool
}

func viewOf(p Post) postView {
	v := postView{Fallback: p.Text}
	for _, b := range p.Blocks {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			v.Blocks = append(v.Blocks, blockView{Header: b.Text.Text})
		case *slack.RichTextBlock:
			one := blockView{}
			for _, e := range b.Elements {
				one.Parts = append(one.Parts, partOf(e))
			}
			v.Blocks = append(v.Blocks, one)
		}
	}
	return v
}

func partOf(e slack.RichTextElement) partView {
	switch e := e.(type) {
	case *bulleted:
		v := partView{List: true, Depth: e.Indent}
		for _, item := range e.Elements {
			v.Lines = append(v.Lines, partOf(item).Lines...)
		}
		return v
	case *slack.RichTextSection:
		var line []pieceView
		for _, piece := range e.Elements {
			line = append(line, pieceOf(piece))
		}
		return partView{Lines: [][]pieceView{line}}
	}
	return partView{}
}

func pieceOf(e slack.RichTextSectionElement) pieceView {
	switch e := e.(type) {
	case *slack.RichTextSectionTextElement:
		return pieceView{Text: e.Text, Bold: e.Style != nil && e.Style.Bold}
	case *slack.RichTextSectionLinkElement:
		return pieceView{Text: e.Text, URL: e.URL}
	}
	return pieceView{}
}
