//! Pages as somebody without a script uses them.

mod access;
mod books;
mod fees;
mod mail;
mod queue;
mod rounds;
mod statements;
mod students;
mod who;
