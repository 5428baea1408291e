//! Pages as somebody without a script uses them.

mod access;
mod addresses;
mod audit;
mod books;
mod fees;
mod guards;
mod hostile_texts;
mod ids;
mod links;
mod mail;
mod many;
mod proof;
mod queue;
mod rounds;
mod statements;
mod students;
mod tour;
mod twice;
mod who;
