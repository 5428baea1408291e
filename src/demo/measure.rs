//! How well the matcher does: a simulated school's files go through the real readers, its payments
//! are decided, and every decision is compared with what the payment really was.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::ops::ControlFlow;

use crate::demo::error::DemoError;
use crate::demo::format::StatementFile as WrittenFile;
use crate::demo::simulate::manner::Manner;
use crate::demo::simulate::{self, Plan, School, TruthLine};
use crate::demo::spec::NamedFile;
use crate::demo::truth::Meaning;
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::identity::source_kind;
use crate::domain::matching::Book;
use crate::domain::matching::decision::{Decision, DecisionKind, Share};
use crate::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, Policy, StudentFacts, VirtualAccountFacts,
};
use crate::domain::matching::session::{Line, StatementFile, reconcile};
use crate::domain::money::Vnd;
use crate::domain::statement::Event;
use crate::formats::roster::{self, InvoiceRow, ListResult};
use crate::formats::{Options, statement_file};

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The province could not be built.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A made-up file was refused by its reader: its name and what the reader said.
    #[error("{0}: {1}")]
    Refused(String, String),
}

/// How many examples of a failure are kept for each manner.
const EXAMPLES: usize = 4;

/// The bars, in hundredths of a percent.
pub const BARS: [(&str, u64); 3] =
    [("settled of certain", 9_900), ("right first", 9_500), ("right among three", 9_900)];

/// What was counted, for one manner or for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of statements.
    pub entries: u64,
    /// Payments the machine settled.
    pub settled: u64,
    /// Settlements the truth does not allow.
    pub wrong: u64,
    /// Payments a careful person settles alone.
    pub certain: u64,
    /// Those of them that the machine settled as well, in the same way.
    pub certain_settled: u64,
    /// Payments that pay something, were not settled and were proposed.
    pub proposed: u64,
    /// Those with the right answer first.
    pub proposed_first: u64,
    /// Those with the right answer among the first three.
    pub proposed_three: u64,
    /// Proposed payments whose words, amount and lists leave exactly one answer.
    pub determined: u64,
    /// Those with the right answer first.
    pub first: u64,
    /// Those with the right answer among the first three.
    pub three: u64,
    /// Payments with exactly one answer that were neither settled nor proposed.
    pub silent: u64,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        for (sum, more) in [
            (&mut self.entries, other.entries),
            (&mut self.settled, other.settled),
            (&mut self.wrong, other.wrong),
            (&mut self.certain, other.certain),
            (&mut self.certain_settled, other.certain_settled),
            (&mut self.proposed, other.proposed),
            (&mut self.proposed_first, other.proposed_first),
            (&mut self.proposed_three, other.proposed_three),
            (&mut self.determined, other.determined),
            (&mut self.first, other.first),
            (&mut self.three, other.three),
            (&mut self.silent, other.silent),
        ] {
            *sum += more;
        }
    }

    /// The measured shares in the order of [`BARS`], in hundredths of a percent.
    #[must_use]
    pub fn shares(&self) -> [u64; 3] {
        let share = |part: u64, whole: u64| (part * 10_000).checked_div(whole).unwrap_or(10_000);
        [
            share(self.certain_settled, self.certain),
            share(self.first, self.determined),
            share(self.three, self.determined),
        ]
    }

    /// The right answer first, and among the first three, of all proposals: also of those whose
    /// words leave more than one answer, such as twins who owe the same. In hundredths of a percent.
    #[must_use]
    pub fn shares_of_all(&self) -> [u64; 2] {
        let share = |part: u64| (part * 10_000).checked_div(self.proposed).unwrap_or(10_000);
        [share(self.proposed_first), share(self.proposed_three)]
    }

    /// Whether nothing is wrong and every bar is reached.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.wrong == 0 && self.shares().iter().zip(BARS).all(|(share, (_, bar))| *share >= bar)
    }
}

/// What was measured, manner by manner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// By the manner's name.
    pub manners: BTreeMap<&'static str, Counts>,
    /// What went wrong or was missed, for people to read.
    pub examples: Vec<String>,
    seen: BTreeMap<(&'static str, &'static str), usize>,
}

impl Accuracy {
    /// All manners together.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for counts in self.manners.values() {
            total.add(counts);
        }
        total
    }

    /// Adds what another school gave.
    pub fn merge(&mut self, other: Accuracy) {
        for (manner, counts) in other.manners {
            self.manners.entry(manner).or_default().add(&counts);
        }
        self.examples.extend(other.examples);
    }

    fn note(&mut self, what: &'static str, line: &TruthLine, text: &str, decision: &Decision) {
        let seen = self.seen.entry((what, line.manner.as_str())).or_default();
        *seen += 1;
        if *seen > EXAMPLES {
            return;
        }
        let shares = |shares: &[Share]| {
            let all = shares.iter().map(|share| format!("{}={}", share.code, share.amount));
            all.collect::<Vec<_>>().join(" ")
        };
        let pays = line.truth.pays.iter();
        let pays: Vec<String> =
            pays.map(|share| format!("{}={}", share.payment_code, share.amount)).collect();
        let proposals: Vec<String> =
            decision.proposals.iter().take(3).map(|one| shares(&one.allocations)).collect();
        self.examples.push(format!(
            "{what} · {} · {} · {:?} · {} · pays [{}] · {:?} by {} [{}] proposals {proposals:?}",
            line.manner.as_str(),
            line.truth.booking_date,
            text,
            line.truth.amount,
            pays.join(" "),
            decision.kind,
            decision.rule,
            shares(&decision.allocations),
        ));
    }
}

/// Builds a province and measures all its schools.
pub fn province(plan: &Plan) -> Result<Accuracy, MeasureError> {
    let world = simulate::build(plan)?;
    let mut all = Accuracy::default();
    for one in &world.schools {
        all.merge(school(one)?);
    }
    Ok(all)
}

/// Measures one school.
pub fn school(school: &School) -> Result<Accuracy, MeasureError> {
    let files: Vec<StatementFile> =
        school.statement_files.iter().map(read).collect::<Result<_, _>>()?;
    let lines = reconcile(&mut book(school)?, &files);
    let places: HashMap<(&str, usize), usize> = school
        .lines
        .iter()
        .enumerate()
        .flat_map(|(at, line)| {
            line.truth.seen_in.iter().map(move |place| ((place.file.as_str(), place.entry), at))
        })
        .collect();
    let mut of_truth: Vec<Vec<Sighted<'_>>> = vec![Vec::new(); school.lines.len()];
    for line in &lines {
        let Some(file) = files.get(line.place.file) else { continue };
        let statement = file.statements.get(line.place.statement);
        let entry = statement.and_then(|(_, entries)| entries.get(line.place.entry));
        let text = entry.and_then(|entry| entry.remittance.as_deref()).unwrap_or_default();
        let place = places.get(&(file.name.as_str(), line.place.entry));
        if let Some(own) = place.and_then(|at| of_truth.get_mut(*at)) {
            own.push(Sighted { text, decision: &line.decision });
        }
    }
    let mut accuracy = Accuracy::default();
    for (truth, lines) in school.lines.iter().zip(of_truth) {
        compare(&mut accuracy, truth, &lines);
    }
    beyond_what_came(&mut accuracy, school, &lines);
    Ok(accuracy)
}

/// A movement where a file shows it, and what was decided there.
#[derive(Clone, Copy)]
struct Sighted<'a> {
    text: &'a str,
    decision: &'a Decision,
}

fn compare(accuracy: &mut Accuracy, line: &TruthLine, decided: &[Sighted<'_>]) {
    let truth = &line.truth;
    let mut counts =
        Counts { entries: u64::try_from(decided.len()).unwrap_or(0), ..Counts::default() };
    let mut failures: Vec<(&'static str, Sighted<'_>)> = Vec::new();
    let settled: Vec<Sighted<'_>> = decided
        .iter()
        .copied()
        .filter(|seen| seen.decision.kind == DecisionKind::Settled)
        .collect();
    for seen in &settled {
        counts.settled += 1;
        if !allowed(line, &seen.decision.allocations) {
            counts.wrong += 1;
            failures.push(("WRONG", *seen));
        }
    }
    let right = |shares: &[Share]| equal(line, shares);
    let done = settled.iter().any(|seen| right(&seen.decision.allocations));
    if line.certain {
        counts.certain = 1;
        counts.certain_settled = u64::from(done);
        if let (false, Some(first)) = (done, decided.first()) {
            failures.push(("missed", *first));
        }
    }
    let proposed = decided.iter().find(|one| one.decision.kind == DecisionKind::Proposed);
    // Of two equal payments of one code either may be the one that pays it.
    let answered = !truth.pays.is_empty() && line.manner != Manner::Twice;
    if truth.meaning == Meaning::Fees && answered && settled.is_empty() {
        let rank = |most: usize| {
            proposed.is_some_and(|seen| {
                seen.decision.proposals.iter().take(most).any(|one| right(&one.allocations))
            })
        };
        let (first, three) = (u64::from(rank(1)), u64::from(rank(3)));
        counts.proposed = u64::from(proposed.is_some());
        (counts.proposed_first, counts.proposed_three) = (first, three);
        match proposed {
            Some(seen) if line.determined => {
                (counts.determined, counts.first, counts.three) = (1, first, three);
                if first == 0 && !line.certain {
                    failures.push(("not first", *seen));
                }
            }
            None if line.determined => {
                counts.silent = 1;
                if let (false, Some(one)) = (line.certain, decided.first()) {
                    failures.push(("silent", *one));
                }
            }
            _ => {}
        }
    }
    accuracy.manners.entry(line.manner.as_str()).or_default().add(&counts);
    for (what, seen) in failures {
        accuracy.note(what, line, seen.text, seen.decision);
    }
}

/// What each code gets by a list of shares.
fn by_code(shares: &[Share]) -> BTreeMap<&str, Vnd> {
    let mut sums: BTreeMap<&str, Vnd> = BTreeMap::new();
    for share in shares {
        let sum = sums.entry(&share.code).or_default();
        *sum = sum.checked_add(share.amount).unwrap_or(*sum);
    }
    sums
}

fn allowed(line: &TruthLine, shares: &[Share]) -> bool {
    by_code(shares).into_iter().all(|(code, amount)| line.truth.allows(code, amount))
}

fn equal(line: &TruthLine, shares: &[Share]) -> bool {
    let pays = line.truth.pays.iter();
    let pays: BTreeMap<&str, Vnd> =
        pays.map(|share| (share.payment_code.as_str(), share.amount)).collect();
    by_code(shares) == pays
}

/// An invoice that was settled with more than families sent for it counts as wrong.
fn beyond_what_came(accuracy: &mut Accuracy, school: &School, lines: &[Line]) {
    let mut meant: HashMap<&str, i64> = HashMap::new();
    for line in school.lines.iter().filter(|line| line.truth.meaning == Meaning::Fees) {
        for share in &line.truth.pays {
            *meant.entry(&share.payment_code).or_default() += share.amount.dong();
        }
    }
    let mut settled: BTreeMap<&str, i64> = BTreeMap::new();
    for share in lines.iter().flat_map(|line| &line.decision.allocations) {
        *settled.entry(&share.code).or_default() += share.amount.dong();
    }
    for (code, dong) in settled {
        let came = meant.get(code).copied().unwrap_or_default();
        if dong > came {
            accuracy.manners.entry("beyond_what_came").or_default().wrong += 1;
            accuracy.examples.push(format!("WRONG · {code}: {dong} settled, {came} came"));
        }
    }
}

fn read(file: &WrittenFile) -> Result<StatementFile, MeasureError> {
    let (mut statements, mut entries) = (Vec::new(), Vec::new());
    let reading = statement_file::read(
        &mut Cursor::new(&file.file.bytes),
        &Options::default(),
        &mut |event| {
            match event {
                Event::Entry(entry) => entries.push(entry),
                Event::Statement(header) => {
                    statements.push((header, std::mem::take(&mut entries)));
                }
            }
            ControlFlow::Continue(())
        },
    );
    if !reading.accepted() {
        return Err(MeasureError::Refused(file.file.name.clone(), format!("{:?}", reading.errors)));
    }
    let entries: usize = statements.iter().map(|(_, entries): &(_, Vec<_>)| entries.len()).sum();
    if entries != file.entries {
        let why = format!("{entries} entries read, {} written", file.entries);
        return Err(MeasureError::Refused(file.file.name.clone(), why));
    }
    let format = reading.format.as_deref().unwrap_or_default();
    Ok(StatementFile {
        name: file.file.name.clone(),
        source: source_kind(format, reading.layout.as_deref()),
        first_statement: 0,
        statements,
    })
}

/// The rows of a list every row of which must be good.
fn rows<T>(file: &NamedFile, read: fn(&[u8]) -> ListResult<T>) -> Result<Vec<T>, MeasureError> {
    let refused = |why: String| MeasureError::Refused(file.name.clone(), why);
    let rows = read(&file.bytes).map_err(|why| refused(why.message.en.to_string()))?;
    match rows.bad.first() {
        Some(bad) => Err(refused(bad.message.en.to_string())),
        None => Ok(rows.good),
    }
}

fn book(school: &School) -> Result<Book, MeasureError> {
    let mut families: HashMap<Option<String>, i64> = HashMap::new();
    let mut ids = HashMap::new();
    let mut students = Vec::new();
    for (id, row) in (1..).zip(rows(&school.students_file, roster::read_students)?) {
        let next = i64::try_from(families.len()).unwrap_or(i64::MAX);
        let family = *families.entry(row.family).or_insert(next);
        ids.insert(row.code.clone(), StudentId(id));
        students.push(StudentFacts {
            id: StudentId(id),
            family: FamilyId(family),
            code: row.code,
            name: row.name,
            class: row.class,
            virtual_accounts: row
                .virtual_account
                .map(|number| VirtualAccountFacts { number, from: None, to: None })
                .into_iter()
                .collect(),
            guardians: row.guardian_name.into_iter().collect(),
        });
    }
    let mut invoices: Vec<InvoiceFacts> = Vec::new();
    let mut take = |row: InvoiceRow, withdrawn: bool| {
        let standing = match (withdrawn, row.amount_due.is_zero()) {
            (true, _) => InvoiceStanding::Cancelled,
            (false, true) => InvoiceStanding::Paid,
            (false, false) => InvoiceStanding::Open,
        };
        let id = i64::try_from(invoices.len()).unwrap_or(i64::MAX).saturating_add(1);
        invoices.push(InvoiceFacts {
            id: InvoiceId(id),
            student: ids.get(&row.student_code).copied().unwrap_or(StudentId(0)),
            code: row.code.unwrap_or_default(),
            open: if standing == InvoiceStanding::Open { row.amount_due } else { Vnd::ZERO },
            standing,
            due_on: row.due_on,
            round: row.round,
        });
    };
    for file in &school.invoice_files {
        for row in rows(file, roster::read_invoices)? {
            take(row, false);
        }
    }
    for row in rows(&school.cancelled_file, roster::read_invoices)? {
        take(row, true);
    }
    Ok(Book::new(students, invoices, Vec::new(), Policy::default()))
}

/// The table of a province: all manners together, then each that has something to show.
#[must_use]
pub fn table(title: &str, accuracy: &Accuracy) -> String {
    let mut text = format!(
        "{title:<24}{:>8}{:>8}{:>6}{:>8}{:>9}{:>9}{:>8}{:>8}{:>9}{:>8}{:>8}{:>7}\n",
        "entries",
        "settled",
        "wrong",
        "certain",
        "of them",
        "proposed",
        "first",
        "three",
        "one ans.",
        "first",
        "three",
        "silent"
    );
    text.push_str(&row("all", &accuracy.total()));
    for (manner, counts) in &accuracy.manners {
        text.push_str(&row(manner, counts));
    }
    text
}

/// One line of the table; shares in percent with two decimals.
#[must_use]
pub fn row(name: &str, counts: &Counts) -> String {
    let percent = |part: u64, whole: u64| match (part * 10_000).checked_div(whole) {
        Some(share) => format!("{}.{:02}", share / 100, share % 100),
        None => "–".to_owned(),
    };
    format!(
        "{name:<24}{:>8}{:>8}{:>6}{:>8}{:>9}{:>9}{:>8}{:>8}{:>9}{:>8}{:>8}{:>7}\n",
        counts.entries,
        counts.settled,
        counts.wrong,
        counts.certain,
        percent(counts.certain_settled, counts.certain),
        counts.proposed,
        percent(counts.proposed_first, counts.proposed),
        percent(counts.proposed_three, counts.proposed),
        counts.determined,
        percent(counts.first, counts.determined),
        percent(counts.three, counts.determined),
        counts.silent
    )
}
