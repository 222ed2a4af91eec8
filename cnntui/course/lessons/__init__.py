"""The lessons: one Markdown file each; docs/lessons.md tells how one is written."""
