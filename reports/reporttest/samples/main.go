// Command samples writes the e-mails of the weeks that tests try as pages with
// their pictures beside them, and a week as Slack shows it, for people to look at
// and for the documentation.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/reports/slack"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: samples FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "samples:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, one := range reporttest.All() {
		m, err := reports.NewMail(one.Report)
		if err != nil {
			return err
		}
		page := m.HTML
		for _, p := range m.Pictures {
			name := one.Name + "-" + p.ID + ".png"
			page = bytes.ReplaceAll(page, []byte("cid:"+p.ID), []byte(name))
			if err := os.WriteFile(filepath.Join(dir, name), p.PNG, 0o644); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, one.Name+".html"), page, 0o644); err != nil {
			return err
		}
	}
	if err := writeSlack(dir); err != nil {
		return err
	}
	phone := `<!DOCTYPE html><body style="margin:0"><iframe src="normal-week.html" width="360" height="1400" style="border:0"></iframe></body>`
	return os.WriteFile(filepath.Join(dir, "phone.html"), []byte(phone), 0o644)
}

// writeSlack writes the preview that the Slack channel makes of a week, message
// and thread.
func writeSlack(dir string) error {
	ch, err := slack.New(slack.Options{Token: "none", Channel: "#payments"}) // a preview asks nobody
	if err != nil {
		return err
	}
	p, err := ch.Preview(reports.Delivery{ID: "sample", Report: reports.Build(reporttest.NormalWeek())})
	if err != nil {
		return err
	}
	for _, part := range p.Parts {
		if part.Name == "message.html" {
			return os.WriteFile(filepath.Join(dir, "slack.html"), part.Content, 0o644)
		}
	}
	return errors.New("the preview of Slack holds no page")
}
