// Package jira reads tickets from Jira Cloud and Jira Data Center.
//
// A pass asks who it is, which fields, statuses and types the site has, then
// which sprints run or wait on the projects' boards, and then reads tickets in
// the order of their update time, each with its whole history. Cloud is paged by
// token and gives histories in bulk; Data Center is paged by offset inside a
// window of update times, with histories inside the search. Everything is read
// over the v2 paths, whose texts are plain.
//
// Deleted tickets leave no trace in a search; a full reconciliation finds them.
// Watchers are not read: they are one request a ticket.
package jira
