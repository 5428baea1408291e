//! Pages as somebody without a script uses them.

mod access;
mod addresses;
mod audit;
mod books;
mod fees;
mod mail;
mod proof;
mod queue;
mod rounds;
mod statements;
mod students;
mod tour;
mod who;
