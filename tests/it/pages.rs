//! Pages as somebody without a script uses them.

mod access;
mod fees;
mod rounds;
mod statements;
mod students;
mod who;
