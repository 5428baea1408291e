//! `--columns`: how people name the columns of a table whose words are not known, and how they are
//! asked.

use std::io::{self, Write};

use super::{Env, Failure};
use crate::domain::lang::Lang;
use crate::service::{ColumnQuestion, MappingText, ServiceError};

/// The option of every command that reads statements.
#[derive(Debug, clap::Args)]
pub struct ColumnsArg {
    /// Cột nào ghi gì, khi không nhận ra tiêu đề · which column holds what, where the headings are not
    /// known: date=A,amount=C,memo=D+E,unsigned=credit
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
}

impl ColumnsArg {
    /// What was typed, read. What cannot be read is wrong usage.
    pub fn parsed(&self) -> Result<Option<MappingText>, Failure> {
        match &self.columns {
            Some(text) => text.parse().map(Some).map_err(|wrong| Failure::Usage(vec![wrong])),
            None => Ok(None),
        }
    }
}

/// Shows the question behind an error, if there is one.
pub fn told(env: &mut Env<'_>, error: ServiceError) -> Failure {
    if let ServiceError::ColumnsNeeded(question, _) = &error
        && let Err(broken) = show(question, env.lang, env.err)
    {
        return Failure::from(broken);
    }
    Failure::from(error)
}

/// Shows the columns of a table with some of their values, and an answer to begin with.
pub fn show(question: &ColumnQuestion, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    for column in &question.columns {
        let heading = short(&column.heading, 28);
        let samples: Vec<String> = column.samples.iter().map(|value| short(value, 24)).collect();
        let guess = column.suggestion.map_or("", |field| field.as_str());
        let (letter, samples) = (&column.letter, samples.join(" · "));
        writeln!(out, "    {letter:<3} {heading:<28} {guess:<20} {samples}")?;
    }
    let mut answer: Vec<String> = Vec::new();
    for column in &question.columns {
        let Some(field) = column.suggestion else { continue };
        let name = field.as_str();
        match answer.iter_mut().find(|part| part.starts_with(&format!("{name}="))) {
            Some(part) if name == "memo" || name == "ignore" => {
                part.push('+');
                part.push_str(&column.letter);
            }
            Some(_) => {}
            None => answer.push(format!("{name}={}", column.letter)),
        }
    }
    if question.unsigned {
        answer.push("unsigned=credit".to_owned());
    }
    let answer = answer.join(",");
    match lang {
        Lang::Vi => writeln!(
            out,
            "    Anh/chị xem lại từng cột rồi chạy lại với --columns, ví dụ: --columns '{answer}'"
        ),
        Lang::En => writeln!(
            out,
            "    Look at each column, then run again with --columns, for example: --columns '{answer}'"
        ),
    }
}

/// One line of at most so many characters, without what a terminal would obey.
fn short(text: &str, most: usize) -> String {
    let line: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
