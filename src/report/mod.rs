//! Words and figures: summaries, curves, pages, workbooks, in two languages.
