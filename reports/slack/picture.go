package slack

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// picture shares the picture in the thread. Without the permission for it the
// report stands there all the same, and the receipt says what is missing.
func (a *delivery) picture(ctx context.Context) error {
	want := a.m.pictureDigest()
	if a.Bare != "" || a.Picture == nil && want == "" || a.Picture != nil && a.Picture.Digest == want {
		return nil
	}
	if a.Picture != nil { // an earlier one, before a correction
		if err := a.c.api.DeleteFileContext(ctx, a.Picture.ID); err != nil && !refusedClearly(err) {
			return a.c.inWords(err)
		}
		a.Picture = nil
		if err := a.note(); err != nil || want == "" {
			return err
		}
	}
	id, err := a.upload(ctx)
	if err != nil {
		return a.bare(err)
	}
	return a.share(ctx, id)
}

// longestAlt is in characters; Slack takes 1,000 for a file.
const longestAlt = 900

// upload brings the picture to Slack, where nobody sees it yet: it may be
// repeated.
func (a *delivery) upload(ctx context.Context) (id string, err error) {
	name := a.m.fileName(a.d.ID)
	to, err := a.c.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{
		AltTxt: reports.Shortened(a.m.Picture.Alt, longestAlt), FileName: name, FileSize: len(a.m.Picture.PNG),
	})
	if err != nil {
		return "", err
	}
	return to.FileID, a.c.api.UploadToURL(ctx, slack.UploadToURLParameters{
		UploadURL: to.UploadURL, Reader: bytes.NewReader(a.m.Picture.PNG), Filename: name,
	})
}

// pictureTitle stands above the picture.
const pictureTitle = "The last twelve weeks"

func (a *delivery) share(ctx context.Context, id string) error {
	if a.Unsure {
		a.Looked = false
		if err := a.note(); err != nil {
			return err
		}
	}
	_, err := a.c.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: id, Title: pictureTitle}}, Channel: a.Channel, ThreadTimestamp: a.Posts[0].TS,
	})
	if err != nil && !refusedClearly(err) {
		return a.lost(err, 0)
	}
	if err != nil {
		return a.bare(err)
	}
	a.Picture = &shared{ID: id, Digest: a.m.pictureDigest()}
	a.Unsure, a.Looked = false, false
	return a.note()
}

// bare goes on without the picture where only a person could mend it.
func (a *delivery) bare(err error) error {
	said := a.c.inWords(err)
	word := slackWord(err)
	if !reports.IsRefusal(said) || slices.Contains([]string{"invalid_auth", "token_revoked", "token_expired", "account_inactive"}, word) {
		return said
	}
	a.Bare = fmt.Sprintf("Slack answered %s%s; %s", reports.Heard(word, a.c.secret()), a.c.scopes(err), a.c.fix(word))
	a.Unsure, a.Looked = false, false
	return a.note()
}
