//! How well the matcher does on made-up provinces whose truth is known, for several seeds. Exits
//! with 1 when something is settled wrongly or a bar is missed. `cargo bench --bench accuracy -- 5`
//! takes five seeds; `STUDENTS=4000` changes the size of each province, `EXAMPLES=1` shows failures.

#![expect(clippy::print_stdout, reason = "a yardstick prints what it measured")]

use std::process::ExitCode;
use std::thread;

use doisoat::demo::measure::{self, Accuracy, MeasureError, row, table};
use doisoat::demo::simulate::Plan;
use doisoat::demo::simulate::profiles::PROFILES;

const SCHOOLS: usize = 6;

fn main() -> ExitCode {
    let seeds = std::env::args().skip(1).find_map(|given| given.parse().ok()).unwrap_or(3);
    let students = setting("STUDENTS", 4_300);
    let show = setting("EXAMPLES", 0) > 0;
    let mut within = true;
    let mut every = Accuracy::default();
    for profile in &PROFILES {
        let measured = (1..=seeds)
            .map(|seed| Plan { seed, students, schools: SCHOOLS, profile, announced: false })
            .collect::<Vec<_>>();
        let results: Vec<Result<Accuracy, MeasureError>> = thread::scope(|scope| {
            let running: Vec<_> =
                measured.iter().map(|plan| scope.spawn(move || measure::province(plan))).collect();
            running.into_iter().filter_map(|one| one.join().ok()).collect()
        });
        let mut all = Accuracy::default();
        within &= results.len() == measured.len();
        for (plan, result) in measured.iter().zip(results) {
            match result {
                Ok(accuracy) => {
                    let total = accuracy.total();
                    within &= total.passes();
                    print!("{}", row(&format!("{} seed {}", profile.name, plan.seed), &total));
                    all.merge(accuracy);
                }
                Err(error) => {
                    within = false;
                    println!("{} seed {}: {error}", profile.name, plan.seed);
                }
            }
        }
        println!("\n{}", table(profile.name, &all));
        for example in all.examples.iter().filter(|_| show) {
            println!("  {example}");
        }
        every.merge(all);
    }
    print!("{}", row("all profiles", &every.total()));
    let [first, three] = every.total().shares_of_all();
    within &= first >= 9_500 && three >= 9_900;
    if within { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}
