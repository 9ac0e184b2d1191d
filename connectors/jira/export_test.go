package jira

// WikiText is plain text as a comment holds it.
var WikiText = wikiText
