//! `doisoat simulate`: writes a made-up province of any size, with the truth about every movement.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{Env, Failure, Status};
use crate::demo::simulate::profiles::{self, PROFILES, Profile};
use crate::demo::simulate::{self, Plan, School, World, files};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::money::group_digits;

/// The largest province: what its numbers and codes have room for.
const MOST_STUDENTS: usize = 200_000;
/// The most schools: their numbers have two digits.
const MOST_SCHOOLS: usize = 99;
/// The most students of one school: their numbers have four digits.
const MOST_OF_ONE: usize = 8_000;

/// What to make up, and where it goes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Số khởi đầu; cùng số và cùng tham số thì cùng tệp · equal seeds give equal files
    #[arg(long, value_name = "N")]
    seed: u64,
    /// Tổng số học sinh · students in all
    #[arg(long, value_name = "N")]
    students: usize,
    /// Kiểu tỉnh: national, highland, city, own-codes, careless · the kind of province
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// Số trường · schools
    #[arg(long, value_name = "N", default_value_t = 6)]
    schools: usize,
    /// Thư mục kết quả · where the files go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Ghi cả khi thư mục không trống · write even if the folder is not empty
    #[arg(long)]
    force: bool,
}

/// Builds, writes, says what was written.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let profile = profiles::named(&args.profile).ok_or_else(|| usage(unknown(&args.profile)))?;
    let few = args.schools == 0 || args.schools > MOST_SCHOOLS;
    let many = args.students > MOST_STUDENTS
        || args.students < args.schools
        || args.students.div_ceil(args.schools.max(1)) > MOST_OF_ONE;
    if few || many {
        return Err(usage(size()));
    }
    if !args.force && holds_something(&args.out)? {
        return Err(Failure::Refused(vec![not_empty(&args.out)]));
    }
    let plan = Plan {
        seed: args.seed,
        students: args.students,
        schools: args.schools,
        profile,
        announced: true,
    };
    let world = simulate::build(&plan).map_err(|error| Failure::System(error.to_string()))?;
    for school in &world.schools {
        write_school(&args.out, school)?;
    }
    write_truth(&args.out, &world)?;
    std::fs::write(args.out.join("README.txt"), files::readme(&world.schools))?;
    summary(env, &args.out, profile, &world)?;
    Ok(Status::Done)
}

fn holds_something(folder: &Path) -> Result<bool, Failure> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(super::cannot_open(folder, &error)),
    }
}

fn write_school(out: &Path, school: &School) -> Result<(), Failure> {
    let folder = out.join(&school.setup.code);
    std::fs::create_dir_all(folder.join("notifications"))?;
    let lists = [&school.students_file, &school.whole_list, &school.cancelled_file];
    let statements = school.statement_files.iter().map(|file| &file.file);
    for file in lists.into_iter().chain(&school.invoice_files).chain(statements) {
        std::fs::write(folder.join(&file.name), &file.bytes)?;
    }
    if let Some(file) = &school.notifications {
        std::fs::write(folder.join("notifications").join(&file.name), &file.bytes)?;
    }
    Ok(())
}

fn write_truth(out: &Path, world: &World) -> Result<(), Failure> {
    let file = std::fs::File::create(out.join("truth.jsonl"))?;
    let mut file = std::io::BufWriter::new(file);
    for line in world.schools.iter().flat_map(|school| &school.lines) {
        let text = files::truth_line(line).map_err(|error| Failure::System(error.to_string()))?;
        writeln!(file, "{text}")?;
    }
    file.flush()?;
    Ok(())
}

fn summary(env: &mut Env<'_>, out: &Path, profile: &Profile, world: &World) -> Result<(), Failure> {
    let lines = || world.schools.iter().flat_map(|school| &school.lines);
    let mut manners: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines() {
        *manners.entry(line.manner.as_str()).or_default() += 1;
    }
    let number = |count: usize| group_digits(&count.to_string());
    let schools = number(world.schools.len());
    let students = number(world.schools.iter().map(|school| school.setup.students).sum());
    let statements = number(world.schools.iter().map(|one| one.statement_files.len()).sum());
    let movements = number(lines().count());
    let certain = number(lines().filter(|line| line.certain).count());
    let kinds = number(manners.len());
    let (out, name) = (out.display(), profile.name);
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Đã ghi dữ liệu mẫu kiểu {name} vào {out}: {schools} trường, {students} học sinh, \
             {statements} tệp sao kê, {movements} dòng tiền theo {kinds} cách viết; \
             {certain} dòng chắc chắn.\nSự thật: truth.jsonl · khoá ký thông báo: README.txt"
        )?,
        Lang::En => writeln!(
            env.out,
            "Made-up data of kind {name} written to {out}: {schools} schools, {students} students, \
             {statements} statements, {movements} movements written in {kinds} manners; \
             {certain} are certain.\nThe truth: truth.jsonl · keys of the notifications: README.txt"
        )?,
    }
    Ok(())
}

fn usage(what: Diagnostic) -> Failure {
    Failure::Usage(vec![what])
}

fn unknown(name: &str) -> Diagnostic {
    let known: Vec<&str> = PROFILES.iter().map(|profile| profile.name).collect();
    let known = known.join(", ");
    Diagnostic::new(
        "profile_unknown",
        format!("Không có kiểu tỉnh '{name}'. Chọn một trong: {known}."),
        format!("There is no profile '{name}'. Choose one of: {known}."),
    )
}

fn size() -> Diagnostic {
    Diagnostic::new(
        "size_out_of_range",
        format!(
            "Cần 1–{MOST_SCHOOLS} trường, mỗi trường 1–{MOST_OF_ONE} học sinh, tổng tối đa {MOST_STUDENTS}. Sửa --schools hoặc --students."
        ),
        format!(
            "There may be 1–{MOST_SCHOOLS} schools with 1–{MOST_OF_ONE} students each, {MOST_STUDENTS} in all. Change --schools or --students."
        ),
    )
}

fn not_empty(folder: &Path) -> Diagnostic {
    let folder = folder.display();
    Diagnostic::new(
        "folder_not_empty",
        format!("Thư mục {folder} không trống, không ghi gì. Chọn thư mục khác hoặc thêm --force."),
        format!(
            "The folder {folder} is not empty; nothing was written. Choose another or add --force."
        ),
    )
}
