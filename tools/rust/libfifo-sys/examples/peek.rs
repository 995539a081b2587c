// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later

//! Puts each argument into queue 0, which must have engine=ring, as many as fit at a time. Then it
//! looks at them in place, prints them, and releases them: from then on they are got.
//!
//!     cargo run --example peek -- one two

use libfifo_sys::*;
use std::ffi::CStr;
use std::io::Error;
use std::{env, process, ptr, slice};

fn refuse(why: String) -> ! {
    eprintln!("peek: {why}");
    process::exit(1);
}

/// Returns how many, or how much, unless it is an error.
fn checked(what: &str, rc: i32) -> usize {
    usize::try_from(rc)
        .unwrap_or_else(|_| refuse(format!("{what}: {}", Error::from_raw_os_error(-rc))))
}

fn open(role: fifo_role) -> *mut fifo_end {
    let end = unsafe { fifo_open(0, role) };

    if end.is_null() {
        let error = Error::last_os_error().raw_os_error().unwrap_or(0);
        let mut text = [0; FIFO_EXPLAIN_LEN];
        let why =
            unsafe { CStr::from_ptr(fifo_explain(0, role, error, text.as_mut_ptr(), text.len())) };

        refuse(why.to_string_lossy().into_owned());
    }
    end
}

fn text_item(text: String) -> fifo_item {
    let mut data = [0; FIFO_DATA_LEN];

    if text.len() > data.len() {
        refuse(format!("{text}: must have at most {FIFO_DATA_LEN} bytes"));
    }
    data[..text.len()].copy_from_slice(text.as_bytes());
    fifo_item {
        seq: 0,
        time: 0,
        source: 0,
        type_: FIFO_ITEM_TEXT,
        len: text.len() as u16,
        data,
    }
}

/// Returns how many fit.
fn put(producer: *mut fifo_end, items: &[fifo_item]) -> usize {
    let rc = unsafe { fifo_put_many(producer, items.as_ptr(), items.len() as u32) };

    checked("put", rc)
}

/// Prints those that lie behind each other in the queue. Returns how many.
fn take(consumer: *mut fifo_end) -> usize {
    let mut items = ptr::null();
    let n = checked("peek", unsafe { fifo_peek_many(consumer, &mut items, 64) });

    for item in unsafe { slice::from_raw_parts(items, n) } {
        let data = &item.data[..usize::from(item.len)];

        println!("{} {}", item.seq, String::from_utf8_lossy(data));
    }
    checked("release", unsafe { fifo_release(consumer, n as u32) });
    n
}

fn main() {
    let items: Vec<_> = env::args().skip(1).map(text_item).collect();
    let (producer, consumer) = (open(FIFO_PRODUCER), open(FIFO_CONSUMER));
    let (mut n_put, mut n_taken) = (0, 0);

    while n_taken < items.len() {
        if n_put == n_taken {
            n_put += put(producer, &items[n_put..]);
        }
        n_taken += take(consumer);
    }
    unsafe {
        fifo_close(producer);
        fifo_close(consumer);
    }
}
