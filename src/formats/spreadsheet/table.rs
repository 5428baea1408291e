//! Goes through the rows of a sheet: letterhead, header, entries, totals, and perhaps another table.

mod ends;
mod rows;
mod runs;

use std::ops::ControlFlow;

use super::cell::Row;
use super::entry::EntryReader;
use super::header::{Columns, header_of_row, header_of_two_rows, joined};
use super::layouts::{self, Order, Profile, Seen};
use super::legacy_font::FontWatch;
use super::letterhead::Letterhead;
use super::mapping::{ColumnMapping, ColumnQuestion};
use super::notes::{self, Notes};
use super::number::Marks;
use super::question::{Sample, Survey};
use super::statement::Draft;
use super::synonyms::field_of_heading;
use super::tally::{EarlierSums, LastRow};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::text::squeeze;
use crate::formats::{Options, Reading, Sink};

/// How many filled rows may stand above the first header.
const LETTERHEAD_ROWS: usize = 60;

/// Why the reading ends before the sheet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The receiver of the events wants no more.
    Asked,
    /// The file is refused.
    Refused,
    /// No header in the sheet's first rows.
    NoHeader,
}

/// A header found: by its words, or because a person has named its columns.
struct Header<'m> {
    row: u64,
    texts: Vec<String>,
    columns: Columns,
    mapping: Option<&'m ColumnMapping>,
}

/// Reads rows in order and delivers entries and statements.
pub struct TableReader<'r, 's> {
    options: &'r Options,
    sink: &'r mut Sink<'s>,
    reading: Reading,
    notes: Notes,
    is_1904: bool,
    /// The sheet's name, as people see it.
    sheet: String,
    /// Labels seen since the last header or entry.
    head: Letterhead,
    /// The last row that was no entry: it may be the upper half of a header, or labels whose values
    /// stand in the row below.
    waiting: Option<(u64, Vec<String>)>,
    filled_rows: usize,
    /// The row most like a header, for the message when there is none.
    nearest: Vec<String>,
    /// What the rows before the sheet's first header look like.
    survey: Survey,
    /// The first table of the file that a person has to explain.
    question: Option<ColumnQuestion>,
    table: Option<EntryReader>,
    mapping: Option<&'r ColumnMapping>,
    draft: Option<Draft>,
    /// The sums of the statements before, for totals of the whole file.
    before: EarlierSums,
    /// A statement without account and entries: delivered only when there is no other.
    blank: Option<Draft>,
    marks: Marks,
    /// The export the present sheet was recognised as.
    profile: Option<&'static Profile>,
    day_above: Option<Day>,
    /// What the last entry said, to tell a row that repeats it.
    last: LastRow,
    unlabelled: bool,
    first_account: Option<String>,
    fonts: FontWatch,
}

impl<'r, 's> TableReader<'r, 's> {
    /// A reader of a file in `format` that delivers to `sink`.
    pub fn new(format: &str, is_1904: bool, options: &'r Options, sink: &'r mut Sink<'s>) -> Self {
        TableReader {
            options,
            sink,
            reading: Reading { format: Some(format.to_owned()), ..Reading::default() },
            notes: Notes::default(),
            is_1904,
            sheet: String::new(),
            head: Letterhead::default(),
            waiting: None,
            filled_rows: 0,
            nearest: Vec::new(),
            survey: Survey::default(),
            question: None,
            table: None,
            mapping: None,
            draft: None,
            before: EarlierSums::default(),
            blank: None,
            marks: Marks::default(),
            profile: None,
            day_above: None,
            last: LastRow::default(),
            unlabelled: false,
            first_account: None,
            fonts: FontWatch::default(),
        }
    }

    /// Starts a sheet; its name may tell the layout.
    pub fn begin_sheet(&mut self, name: &str) {
        name.clone_into(&mut self.sheet);
        self.head = Letterhead::default();
        self.head.sheet = squeeze(name);
        self.profile = self.recognised(None);
        self.waiting = None;
        self.filled_rows = 0;
        self.survey = Survey::default();
    }

    /// Adds a warning.
    pub fn warn(&mut self, warning: Diagnostic) {
        self.notes.push(warning);
    }

    /// Refuses the file.
    pub fn refuse(&mut self, error: Diagnostic) -> ControlFlow<Stop> {
        self.reading.errors.push(error);
        ControlFlow::Break(Stop::Refused)
    }

    /// Takes row `number` of the sheet, counted from 1.
    pub fn row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
        if self.table.is_some() { self.table_row(number, row) } else { self.other_row(number, row) }
    }

    /// A row while no table is open.
    fn other_row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let texts = row.texts();
        if let Some((above_at, above)) = self.waiting.take() {
            if let Some(header) = self.header_of_two(&above, number, &texts) {
                return self.begin_table(header);
            }
            if let Some(header) = self.header_of_one(above_at, &above) {
                self.begin_table(header)?;
                return self.table_row(number, row);
            }
            self.absorb(&above, Some(&texts));
        }
        if let Some(header) = self.header_without_words(number, &row) {
            self.begin_table(header)?;
            return self.table_row(number, row);
        }
        if self.draft.is_none() {
            self.survey.look(number, &row, &texts);
        }
        self.fonts.see_labels(number, &texts);
        self.remember_nearest(&texts);
        self.waiting = Some((number, texts));
        self.filled_rows += 1;
        if self.filled_rows > LETTERHEAD_ROWS && self.draft.is_none() {
            return ControlFlow::Break(Stop::NoHeader);
        }
        ControlFlow::Continue(())
    }

    fn remember_nearest(&mut self, texts: &[String]) {
        let known =
            |row: &[String]| row.iter().filter(|cell| field_of_heading(cell).is_some()).count();
        let filled = texts.iter().filter(|cell| !cell.is_empty());
        if self.nearest.is_empty() || known(texts) > known(&self.nearest) {
            self.nearest = filled.take(12).cloned().collect();
        }
    }

    /// The header that a row is: what a person has said of such headings comes before their words.
    fn header_of_one(&self, row: u64, texts: &[String]) -> Option<Header<'r>> {
        let mapping = self.mapping_for(texts);
        let columns = match mapping {
            Some(mapping) => mapping.to_columns(),
            None => header_of_row(texts)?,
        };
        Some(Header { row, texts: texts.to_vec(), columns, mapping })
    }

    /// The header that two rows make together.
    fn header_of_two(&self, above: &[String], row: u64, below: &[String]) -> Option<Header<'r>> {
        if self.mapping_for(above).is_some() {
            return None;
        }
        let texts = joined(above, below);
        let mapping = self.mapping_for(&texts);
        let columns = match mapping {
            Some(mapping) => mapping.to_columns(),
            None => header_of_two_rows(above, below)?,
        };
        Some(Header { row, texts, columns, mapping })
    }

    fn mapping_for(&self, texts: &[String]) -> Option<&'r ColumnMapping> {
        self.options.mappings.iter().find(|mapping| mapping.fits(texts))
    }

    /// A table without headings starts with its first entry, where a person has said what the
    /// columns of a table this wide hold.
    fn header_without_words(&self, row: u64, cells: &Row<'_>) -> Option<Header<'r>> {
        self.options.mappings.iter().filter(|mapping| !mapping.has_headings()).find_map(|mapping| {
            let columns = mapping.to_columns();
            let wide = cells.width() == mapping.headings.len();
            // A workbook's row ends with its last filled cell.
            let fits =
                wide || (!cells.is_separated_text() && cells.width() < mapping.headings.len());
            let mut entries = EntryReader::new(columns, None, Marks::default(), self.is_1904, None);
            (fits && entries.has_day(cells) && entries.has_money(cells)).then(|| Header {
                row,
                texts: mapping.headings.clone(),
                columns: entries.columns,
                mapping: Some(mapping),
            })
        })
    }

    fn format(&self) -> &str {
        self.reading.format.as_deref().unwrap_or_default()
    }

    /// The export that the text so far, and the columns when they are known, are of.
    fn recognised(&self, columns: Option<&Columns>) -> Option<&'static Profile> {
        layouts::recognise(Seen { format: self.format(), head: &self.head, columns })
    }

    /// Opens a table, and a statement unless the table continues one on a new page.
    fn begin_table(&mut self, header: Header<'r>) -> ControlFlow<Stop> {
        let mut head = std::mem::take(&mut self.head);
        self.head.sheet.clone_from(&head.sheet);
        if let Some(other) = &head.other_account {
            let error = notes::mixed_accounts(head.account.as_deref(), Some(other));
            return self.refuse(error);
        }
        let Header { row, texts, mut columns, mapping } = header;
        if mapping.is_none()
            && let Some(error) = self.old_font_heading(&columns)
        {
            return self.refuse(error);
        }
        self.mapping = mapping;
        let layout = if mapping.is_some() {
            self.profile = None;
            layouts::MAPPED
        } else {
            let seen = Seen { format: self.format(), head: &head, columns: Some(&columns) };
            // The title stands above the first of several tables only.
            self.profile = layouts::recognise(seen).or(self.profile);
            self.profile.map_or(layouts::GENERIC, Profile::layout)
        };
        self.reading.layout.get_or_insert_with(|| layout.to_owned());
        if let Some(profile) = self.profile {
            columns.apply(&profile.columns);
            columns.date_holds_reference |= profile.habits.date_holds_reference;
        }
        head.title = String::new();
        head.words = String::new();
        self.start_statement(head)?;
        let order = self.profile.map_or(Order::Either, |profile| profile.habits.order);
        let draft = self.draft.get_or_insert_with(Draft::default);
        draft.order = order;
        // Beside a name or a bank, an account that is not the letterhead's is the other side's.
        if mapping.is_none()
            && draft.head.account.is_some()
            && columns.counter_account.is_none()
            && (columns.name.is_some() || columns.bank.is_some())
        {
            columns.counter_account = columns.account.take();
        }
        let bare = mapping.filter(|mapping| !mapping.has_headings());
        let one_column = columns.debit.is_none() && columns.credit.is_none();
        if (one_column || bare.is_some()) && draft.sample.is_none() {
            draft.sample = Some(Sample::new(row, texts));
            draft.missing_width = bare.map(|mapping| mapping.headings.len());
        }
        let currency = draft.currency;
        let table = self.entry_reader(columns, currency);
        if let Some(draft) = &mut self.draft {
            draft.currency = Some(table.currency);
        }
        self.table = Some(table);
        ControlFlow::Continue(())
    }

    /// A reader of rows under these columns, with what the export or a person says about figures.
    fn entry_reader(
        &self,
        columns: Columns,
        currency: Option<crate::domain::money::Currency>,
    ) -> EntryReader {
        let marks = self.mapping.and_then(|mapping| mapping.decimal_mark);
        let marks = marks.map_or(self.marks, Marks::stated);
        let mut table = EntryReader::new(columns, currency, marks, self.is_1904, self.profile);
        table.unsigned = self.mapping.and_then(|mapping| mapping.unsigned);
        table
    }

    /// Keeps a row until the next one shows whether it belongs to it.
    fn hold(&mut self, number: u64, texts: Vec<String>) {
        if let Some((_, above)) = self.waiting.take() {
            self.absorb(&above, Some(&texts));
        }
        self.waiting = Some((number, texts));
    }

    fn absorb(&mut self, row: &[String], below: Option<&[String]>) {
        let balance = self.table.as_ref().and_then(|table| table.columns.balance);
        self.head.absorb(row, below, balance, self.profile);
        if self.profile.is_none() {
            // A known title tells how the labels below it are to be read.
            self.profile = self.recognised(None);
        }
        // A closing balance before the next account's label is the end of the statement above.
        if let (Some(draft), None) = (&mut self.draft, &self.head.account)
            && draft.tally.entries() > 0
            && draft.head.closing.is_none()
        {
            draft.head.closing = self.head.closing.take();
            draft.head.totals.complete(&std::mem::take(&mut self.head.totals));
        }
    }
}
