//! Pages as somebody without a script uses them.

mod fees;
mod rounds;
mod students;
mod who;
