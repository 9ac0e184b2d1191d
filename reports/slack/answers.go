package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// slackWord is Slack's own word for what is wrong; empty when it said none.
func slackWord(err error) string {
	var said slack.SlackErrorResponse
	if errors.As(err, &said) {
		return said.Err
	}
	return ""
}

// halfDone are words after which, as Slack's documentation says, some of it may
// have been done; passing are those that may be gone in a moment.
var (
	halfDone = []string{"fatal_error", "internal_error", "request_timeout"}
	passing  = []string{"service_unavailable", "team_added_to_org", "accesslimited", "ratelimited", "rate_limited", "message_limit_exceeded", "org_login_required"}
)

// notReached is how long to wait before Slack is tried again when no connection
// to it came about.
const notReached = time.Minute

// refusedClearly reports whether Slack said that it did nothing, or never heard
// of it.
func refusedClearly(err error) bool {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) || reports.Unsent(err) {
		return true
	}
	if status := (slack.StatusCodeError{}); errors.As(err, &status) {
		return status.Code < 500 && status.Code != http.StatusRequestTimeout
	}
	word := slackWord(err)
	return word != "" && !slices.Contains(halfDone, word)
}

// inWords makes an error for an operator of what Slack said: a Refusal where
// only a person can mend it, with what to do.
func (c *Channel) inWords(err error) error {
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	switch word := slackWord(err); {
	case errors.Is(err, errNoStamp):
		return err
	case errors.As(err, &limited):
		return reports.Later(errors.New("Slack asks for a pause (ratelimited)"), limited.RetryAfter) //nolint:staticcheck // a name
	case slices.Contains(halfDone, word), slices.Contains(passing, word):
		return fmt.Errorf("slack is not able to just now (%s)", word)
	case word != "":
		return &reports.Refusal{Err: fmt.Errorf("slack answered %s%s", reports.Heard(word, c.secret()), c.scopes(err)), Fix: c.fix(word)}
	case errors.As(err, &status) && status.Code >= 500, errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		return fmt.Errorf("slack answered %d %s", status.Code, http.StatusText(status.Code))
	case errors.As(err, &status):
		return &reports.Refusal{Err: fmt.Errorf("it answered %d %s", status.Code, http.StatusText(status.Code)),
			Fix: "check the address of Slack's Web API, and whether something in between answers in its place"}
	}
	if reports.Unsent(err) {
		return reports.Later(reports.Unanswered(err), notReached)
	}
	return reports.Unanswered(err)
}

// scopes are those that Slack says are missing.
func (c *Channel) scopes(err error) string {
	var said slack.SlackErrorResponse
	if errors.As(err, &said) && said.Needed != "" {
		return " (needed: " + reports.Heard(said.Needed, c.secret()) + ")"
	}
	return ""
}

// fix says what a person can do about Slack's word.
func (c *Channel) fix(word string) string {
	switch word {
	case "channel_not_found":
		return fmt.Sprintf("check that %s exists; if it is private, invite the app there: /invite @fairlead", c.label)
	case "not_in_channel":
		return fmt.Sprintf("invite the app to %s: /invite @fairlead", c.label)
	case "is_archived", "channel_is_archived":
		return fmt.Sprintf("%s is archived: name another channel for this team, or bring it back", c.label)
	case "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel":
		return fmt.Sprintf("only some may post in %s: let the app post there, or name another channel", c.label)
	case "invalid_auth", "not_authed", "not_allowed_token_type":
		return "check the token: a bot token begins with xoxb- and stands under OAuth & Permissions of the app"
	case "token_revoked", "token_expired", "account_inactive":
		return "install the app into the workspace again, and use its new token"
	case "missing_scope", "no_permission", "ekm_access_denied":
		return "give the app the scopes of docs/channels.md, and install it again"
	case "users_not_found", "user_not_found", "cannot_dm_bot", "user_disabled":
		return fmt.Sprintf("nobody in this workspace has the address %s: check it, or name a channel", c.label)
	case "edit_window_closed", "cant_update_message", "cant_delete_message":
		return "the workspace lets nobody change messages any more: the correction stands on the page and in the next report"
	}
	return "look the word up under docs.slack.dev/reference/methods; then deliver it again with fairlead deliveries retry"
}
