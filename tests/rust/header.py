#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the headers of libfifo declare, for a comparison with the crate libfifo-sys.

    header.py functions HEADER…    its functions as Rust declares them, one a line
    header.py declared CRATE       those that the source of the crate declares, likewise
    header.py c HEADER…            a program that prints sizes, offsets and constants
    header.py rust HEADER…         a program in Rust that prints the same, of the crate
"""

import re
import sys

TYPES = {
    "void": "()", "int": "c_int", "unsigned int": "c_uint", "size_t": "usize", "char": "c_char",
    "enum fifo_role": "fifo_role", "struct fifo_end": "fifo_end", "struct fifo_item": "fifo_item",
}


def read(paths):
    """Returns the headers without their comments."""
    text = "\n".join(open(path, encoding="utf-8").read() for path in paths)
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def rust_type(text):
    """Returns the Rust type of a C type, in which all pointers but the first are plain."""
    const, base, stars = re.fullmatch(r"(const )?([a-z_ ]+?) ?(\**)", text).groups()
    name = TYPES[base]
    for star in range(len(stars)):
        name = ("*const " if const and star == 0 else "*mut ") + name
    return name


def declaration(result, name, arguments):
    shown = []
    for argument in arguments.split(","):
        kind, argument_name = re.fullmatch(r"(.*?)(\w+)", argument.strip()).groups()
        shown.append(f"{argument_name}: {rust_type(kind.strip())}")
    end = "" if result == "void" else f" -> {rust_type(result)}"
    return f"fn {name}({', '.join(shown)}){end};"


def functions(text):
    text = " ".join(re.sub(r"^\s*#.*$", "", text, flags=re.M).split())
    text = re.sub(r"static inline [^{]*\{[^}]*\}", "", text)
    for match in re.finditer(r"((?:const |struct |unsigned )*\w+ \**)(fifo_\w+)\(([^)]*)\);", text):
        yield declaration(match[1].strip(), match[2], match[3])


def declared(text):
    """The functions of the crate's extern block."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    block = " ".join(re.search(r'extern "C" \{(.*?)^\}', text, flags=re.S | re.M)[1].split())
    for match in re.finditer(r"pub (fn .*?;)", block):
        yield match[1].replace("( ", "(").replace(", )", ")")


def structures(text):
    """Yields (name, fields)."""
    for match in re.finditer(r"^struct (\w+) \{(.*?)^\};", text, flags=re.S | re.M):
        yield match[1], re.findall(r"(\w+)(?:\[\w+\])?;", match[2])


def constants(text):
    yield from re.findall(r"^#define\s+(FIFO_\w+)\s", text, flags=re.M)
    for match in re.finditer(r"^enum \w+ \{(.*?)^\};", text, flags=re.S | re.M):
        yield from re.findall(r"(FIFO_\w+)", match[1])


C = """#include <stdalign.h>
#include <stdio.h>
#include "libfifo.h"

int main(void)
{{
	struct fifo_process process = {{ .start_pid = 0x123456789abcdef }};

{}
	printf("%u %llu\\n", fifo_process_pid(&process), fifo_process_start(&process));
}}"""


def c_program(text):
    lines = []
    for name, fields in structures(text):
        lines.append(f'printf("{name} %zu %zu\\n", sizeof(struct {name}), alignof(struct {name}));')
        for field in fields:
            lines.append(f'printf("{name}.{field} %zu %zu\\n", offsetof(struct {name}, {field}), '
                         f"sizeof(((struct {name} *)0)->{field}));")
    lines.append('printf("fifo_role %zu\\n", sizeof(enum fifo_role));')
    for name in constants(text):
        lines.append(f'printf("{name} %llu\\n", (unsigned long long)({name}));')
    return C.format("\n".join("\t" + line for line in lines))


RUST = """use libfifo_sys::*;
use std::mem::{{align_of, size_of, zeroed}};
use std::ptr::addr_of;

fn size_at<T>(_: *const T) -> usize {{
    size_of::<T>()
}}

fn main() {{
    let mut process: fifo_process = unsafe {{ zeroed() }};

    process.start_pid = 0x123456789abcdef;
{}
    println!("{{}} {{}}", fifo_process_pid(&process), fifo_process_start(&process));
}}"""


def rust_program(text):
    """The addresses of the functions are there so that the library must have them."""
    lines = []
    for name, fields in structures(text):
        lines.append(f"let it: {name} = unsafe {{ zeroed() }};")
        lines.append(f'println!("{name} {{}} {{}}", size_of::<{name}>(), align_of::<{name}>());')
        for field in fields:
            at = "addr_of!(it." + (field + "_" if field == "type" else field) + ")"
            lines.append(f'println!("{name}.{field} {{}} {{}}", {at} as usize - addr_of!(it) as usize, size_at({at}));')
    lines.append('println!("fifo_role {}", size_of::<fifo_role>());')
    for name in constants(text):
        lines.append(f'println!("{name} {{}}", {name} as u64);')
    for function in functions(text):
        name = re.match(r"fn (\w+)", function)[1]
        lines.append(f"assert!({name} as usize != 0);")
    return RUST.format("\n".join("    " + line for line in lines))


def main():
    what, paths = sys.argv[1], sys.argv[2:]
    if what == "functions":
        print("\n".join(sorted(functions(read(paths)))))
    elif what == "declared":
        print("\n".join(sorted(declared(open(paths[0], encoding="utf-8").read()))))
    else:
        print({"c": c_program, "rust": rust_program}[what](read(paths)))


if __name__ == "__main__":
    main()
