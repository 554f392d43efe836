//! The `stapjes` program: reads the command line, does it, and turns the outcome into an exit code.

fn main() -> std::process::ExitCode {
    stapjes::cli::main()
}
