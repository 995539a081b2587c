// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later

//! Finds libfifo. Environment variables:
//!
//! - `LIBFIFO_LIB_DIR`: the directory that has it. Without it, pkg-config says where it is.
//! - `LIBFIFO_STATIC=1`: link libfifo.a, not libfifo.so.
//! - `PKG_CONFIG`: another pkg-config; `PKG_CONFIG_PATH`: where it looks for libfifo.pc, too.

use std::env;
use std::process::{exit, Command};

const VARIABLES: [&str; 4] = [
    "LIBFIFO_LIB_DIR",
    "LIBFIFO_STATIC",
    "PKG_CONFIG",
    "PKG_CONFIG_PATH",
];

/// Cargo shows what a build script that fails has written to standard error.
fn refuse(why: String) -> ! {
    eprintln!("{why}");
    exit(1);
}

fn is_static() -> bool {
    match env::var("LIBFIFO_STATIC").as_deref() {
        Ok("1") => true,
        Ok("0") | Ok("") | Err(env::VarError::NotPresent) => false,
        other => refuse(format!("LIBFIFO_STATIC: {other:?}: must be 0 or 1")),
    }
}

/// Without a directory the compiler looks where it looks for all libraries.
fn lib_dir_of_pkg_config() -> Option<String> {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".into());
    let help = "install libfifo-dev, or set LIBFIFO_LIB_DIR to the directory of libfifo.so";

    match Command::new(&program)
        .args(["--variable=libdir", "libfifo"])
        .output()
    {
        Err(error) => refuse(format!("{program}: {error}; {help}")),
        Ok(said) if !said.status.success() => {
            let why = String::from_utf8_lossy(&said.stderr);
            refuse(format!(
                "{program} does not find libfifo: {}; {help}",
                why.trim()
            ))
        }
        Ok(said) => {
            let dir = String::from_utf8_lossy(&said.stdout).trim().to_string();
            (!dir.is_empty()).then_some(dir)
        }
    }
}

fn main() {
    let given = env::var("LIBFIFO_LIB_DIR")
        .ok()
        .filter(|dir| !dir.is_empty());
    let kind = if is_static() { "static" } else { "dylib" };

    for variable in VARIABLES {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    if let Some(dir) = given.or_else(lib_dir_of_pkg_config) {
        println!("cargo:rustc-link-search=native={dir}");
    }
    println!("cargo:rustc-link-lib={kind}=fifo");
}
