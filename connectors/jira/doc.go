// Package jira reads tickets from Jira Cloud and Jira Data Center.
//
// A pass asks who it is, which fields, statuses and types the site has, then
// which sprints run or wait on the projects' boards, and then reads tickets in
// the order of their update time, each with its whole history. Cloud is paged by
// token and gives histories in bulk; Data Center is paged by offset inside a
// window of update times, with histories inside the search. Everything is read
// over the v2 paths, whose texts are plain.
//
// What Jira tells only ticket by ticket costs a request each and is asked for
// only while a ticket is worked on: watchers where Jira counts any, remote links
// where the history tells of one. Options.MostExtras bounds both together.
//
// Deleted tickets leave no trace in a search: Present lists what is there, and
// Fetch reads single tickets again. Inspect and Explore tell an operator how the
// site looks and what it has to choose from; ReadHook understands webhooks.
//
// Nothing is ever changed, but for comments where the operator allows them: see
// Comment.
package jira
