//! Pages as somebody without a script uses them.

mod access;
mod addresses;
mod audit;
mod books;
mod fees;
mod guards;
mod hostile_texts;
mod ids;
mod invoice_lists;
mod kept;
mod links;
mod mail;
mod many;
mod piles;
mod proof;
mod queue;
mod rounds;
mod shell;
mod statements;
mod students;
mod system;
mod tour;
mod twice;
mod who;
