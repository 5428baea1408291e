//! Lists of transactions that providers keep, read page by page.
