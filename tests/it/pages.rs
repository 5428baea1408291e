//! The pages for people over HTTP, as a browser without a script uses them.

mod queue;
