//! The one binary; everything is in the library beside it, so that the pages about it are made from the same.
#![forbid(unsafe_code)]

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mainstem_cli::main()
}
