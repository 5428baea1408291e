//! The program: hands the command line to the library.

fn main() -> std::process::ExitCode {
    doisoat::cli::run(std::env::args_os())
}
