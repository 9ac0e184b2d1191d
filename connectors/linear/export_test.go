package linear

// Markdown is plain text as a comment holds it.
var Markdown = markdown
