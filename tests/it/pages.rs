//! Pages as somebody without a script uses them.

mod books;
mod fees;
mod rounds;
mod students;
mod who;
