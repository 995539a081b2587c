// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later

//! libfifo: moves items of fifo.ko's queues in a process, without system calls.
//!
//! These are the declarations of libfifo.h and fifo.h as they are in C, with the same names. All
//! functions are `unsafe`. A program opens one end of a queue that has `engine=ring`. It becomes
//! the only consumer, or the only producer, and moves items through shared memory:
//!
//! ```no_run
//! use libfifo_sys::*;
//!
//! unsafe {
//!     let end = fifo_open(0, FIFO_CONSUMER);
//!     let mut items = std::ptr::null();
//!
//!     assert!(!end.is_null(), "{}", std::io::Error::last_os_error());
//!     let n = fifo_peek_many(end, &mut items, 64); // waits for the first
//!     if n > 0 {
//!         for item in std::slice::from_raw_parts(items, n as usize) {
//!             println!("{}", String::from_utf8_lossy(&item.data[..item.len as usize]));
//!         }
//!         fifo_release(end, n as u32); // from here on they are got
//!     }
//!     fifo_close(end);
//! }
//! ```
//!
//! Threads: use an end in one thread at a time. Two ends are independent.
//!
//! Forks: a child has no mapping. It must neither use nor close an end that its parent opened:
//! the first access is a SIGSEGV. `exec()` closes the descriptor.
//!
//! A function that fails returns a negative errno. If that is `-EBADMSG`, this process has
//! overwritten the mapping. The kernel moves nothing more: close the end.

#![allow(non_camel_case_types)]
#![warn(missing_docs)]

use std::marker::{PhantomData, PhantomPinned};
use std::os::raw::{c_char, c_int, c_uint, c_ulong};

/// Bytes of payload in an item.
pub const FIFO_DATA_LEN: usize = 40;

/// What the payload of an item is: the type of [`fifo_item::type_`]. In C it is an enum.
pub type fifo_item_type = u16;

/// `len` bytes of UTF-8: a line, without newline or terminating zero.
pub const FIFO_ITEM_TEXT: fifo_item_type = 1;
/// A [`fifo_process`]. Only the kernel puts these.
pub const FIFO_ITEM_PROCESS: fifo_item_type = 2;
/// A [`fifo_command`] that asks for a reply.
pub const FIFO_ITEM_COMMAND: fifo_item_type = 3;
/// A [`fifo_command`] that is a reply.
pub const FIFO_ITEM_REPLY: fifo_item_type = 4;

/// One item, 64 bytes: a cache line. A producer fills `type_`, `len` and `data`, the queue fills
/// the rest.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct fifo_item {
    /// Its number among the items of its source, from 1.
    pub seq: u64,
    /// When it was put, CLOCK_MONOTONIC in nanoseconds.
    pub time: u64,
    /// The producer that put it.
    pub source: u32,
    /// A [`fifo_item_type`], or a private value from 256 on. In C its name is `type`.
    pub type_: fifo_item_type,
    /// Bytes used in `data`, at most [`FIFO_DATA_LEN`].
    pub len: u16,
    /// The payload. In a queue, the bytes behind `len` are zero.
    pub data: [u8; FIFO_DATA_LEN],
}

/// Bytes of a process's name. A name that fills them has no terminating zero.
pub const FIFO_COMM_LEN: usize = 15;

/// The payload of an item that is a process. All ids are those of the initial namespaces.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct fifo_process {
    /// When it was started and its pid: see [`fifo_process_start()`] and [`fifo_process_pid()`].
    pub start_pid: u64,
    /// Its parent's pid.
    pub ppid: u32,
    /// Its real user id.
    pub uid: u32,
    /// Time in user mode in 1/100 s, of all its threads; at most 2^32 - 1.
    pub user: u32,
    /// Time in the kernel, likewise.
    pub system: u32,
    /// As ps shows it: R, S, D, T, t, X, Z, P or I.
    pub state: u8,
    /// Its name.
    pub comm: [u8; FIFO_COMM_LEN],
}

/// Bits of a pid in [`fifo_process::start_pid`].
pub const FIFO_PID_BITS: u32 = 22;

/// The pid of a process, in the initial namespace.
pub const fn fifo_process_pid(process: &fifo_process) -> u32 {
    (process.start_pid & ((1 << FIFO_PID_BITS) - 1)) as u32
}

/// When a process was started, in 1/100 s since boot, by CLOCK_BOOTTIME.
pub const fn fifo_process_start(process: &fifo_process) -> u64 {
    process.start_pid >> FIFO_PID_BITS
}

/// Bytes that a command or a reply carries.
pub const FIFO_COMMAND_LEN: usize = FIFO_DATA_LEN - 8;

/// The payload of an item that is a command or a reply.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct fifo_command {
    /// A reply has the id of its command.
    pub id: u64,
    /// Anything. `len` of the item counts these bytes and the 8 of `id`.
    pub data: [u8; FIFO_COMMAND_LEN],
}

/// Which end of a queue.
pub type fifo_role = c_uint;

/// The end that puts.
pub const FIFO_PRODUCER: fifo_role = 0;
/// The end that gets.
pub const FIFO_CONSUMER: fifo_role = 1;

/// The version of the mapping. This and what follows are for a program that maps a queue without
/// libfifo, as fifo.h says.
pub const FIFO_MAP_VERSION: u32 = 1;
/// Where [`fifo_map_control`] is in a mapping.
pub const FIFO_MAP_CONTROL: u64 = 0x0000_0000;
/// Where [`fifo_map_position`] is.
pub const FIFO_MAP_POSITION: u64 = 0x0100_0000;
/// Where the turns are, a `u64` for each slot.
pub const FIFO_MAP_TURNS: u64 = 0x0200_0000;
/// Where the items are.
pub const FIFO_MAP_ITEMS: u64 = 0x0400_0000;

/// Whether anything waits at an end of a queue.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct fifo_map_end {
    /// Not 0 if an operation may be waiting there, and no kick has told it since.
    pub waiting: u32,
    /// Not 0 if a task may be waiting in poll(), and no kick has told it since; or if epoll,
    /// io_uring or a signal needs every kick.
    pub polled: u32,
    /// 0.
    pub reserved: [u32; 14],
}

/// What the kernel says.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct fifo_map_control {
    /// [`FIFO_MAP_VERSION`].
    pub version: u32,
    /// Slots of the queue, a power of two.
    pub size: u32,
    /// 0.
    pub reserved: [u32; 14],
    /// Whether anything waits, by [`fifo_role`].
    pub ends: [fifo_map_end; 2],
}

/// What the process says.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct fifo_map_position {
    /// The position that it will get or put at next.
    pub next: u64,
}

/// The ioctl of /dev/fifoN that takes an end of its queue, and returns a descriptor to map; its
/// number on x86, ARM and RISC-V.
pub const FIFO_IOC_MAP: c_ulong = 0xfc00;
/// The ioctl of that descriptor that makes the other end look at the queue; likewise.
pub const FIFO_IOC_KICK: c_ulong = 0xfc01;

/// An end of a queue. Only libfifo knows what is in it.
#[repr(C)]
pub struct fifo_end {
    _data: [u8; 0],
    _not_for_two_threads: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Size of a buffer for any text of [`fifo_explain()`].
pub const FIFO_EXPLAIN_LEN: usize = 256;

extern "C" {
    /// Becomes the consumer, or the producer, of the queue of /dev/fifoN, until [`fifo_close()`] or
    /// until the process ends. Returns NULL and sets errno if it fails.
    pub fn fifo_open(queue: c_uint, role: fifo_role) -> *mut fifo_end;

    /// Releases an end, and frees it. NULL is allowed. What a peek has shown and was not released
    /// stays in the queue.
    pub fn fifo_close(end: *mut fifo_end);

    /// The descriptor of an end, for poll() or epoll. Do not close it.
    pub fn fifo_fd(end: *const fifo_end) -> c_int;

    /// How many items fit into the queue, a power of two.
    pub fn fifo_size(end: *const fifo_end) -> c_uint;

    /// Gets the oldest item; waits for one. Returns 0, or a negative errno.
    pub fn fifo_get(end: *mut fifo_end, item: *mut fifo_item) -> c_int;

    /// Puts an item; waits for room. Returns 0, or a negative errno.
    pub fn fifo_put(end: *mut fifo_end, item: *const fifo_item) -> c_int;

    /// Gets the oldest item, if there is one. Returns 0, `-EAGAIN` if there is none, or another
    /// negative errno.
    pub fn fifo_try_get(end: *mut fifo_end, item: *mut fifo_item) -> c_int;

    /// Puts an item, if there is room. Returns 0, `-EAGAIN` if there is none, or another negative
    /// errno.
    pub fn fifo_try_put(end: *mut fifo_end, item: *const fifo_item) -> c_int;

    /// Gets up to `n` items, as many as there are; waits for the first. Returns how many, or a
    /// negative errno.
    pub fn fifo_get_many(end: *mut fifo_end, items: *mut fifo_item, n: c_uint) -> c_int;

    /// Puts up to `n` items, as many as fit; waits for room for the first. Returns how many, or a
    /// negative errno.
    pub fn fifo_put_many(end: *mut fifo_end, items: *const fifo_item, n: c_uint) -> c_int;

    /// As [`fifo_get_many()`], but does not wait: returns `-EAGAIN` if there is none.
    pub fn fifo_try_get_many(end: *mut fifo_end, items: *mut fifo_item, n: c_uint) -> c_int;

    /// As [`fifo_put_many()`], but does not wait: returns `-EAGAIN` if there is no room.
    pub fn fifo_try_put_many(end: *mut fifo_end, items: *const fifo_item, n: c_uint) -> c_int;

    /// Looks at up to `n` of the oldest items in place; waits for the first. Stores a pointer to
    /// them, which is valid until they are released, got, or the end is closed. Returns how many,
    /// or a negative errno.
    pub fn fifo_peek_many(end: *mut fifo_end, items: *mut *const fifo_item, n: c_uint) -> c_int;

    /// As [`fifo_peek_many()`], but does not wait: returns `-EAGAIN` if there is none.
    pub fn fifo_try_peek_many(end: *mut fifo_end, items: *mut *const fifo_item, n: c_uint)
        -> c_int;

    /// Gets the oldest `n` of the items that a peek has shown. Do not read them any more. Returns
    /// 0, or a negative errno.
    pub fn fifo_release(end: *mut fifo_end, n: c_uint) -> c_int;

    /// Has up to `n` items of the queue to fill in place; waits for room for the first. Stores a
    /// pointer to them, which is valid until they are committed, others are put, or the end is
    /// closed. Returns how many, or a negative errno.
    pub fn fifo_reserve_many(end: *mut fifo_end, items: *mut *mut fifo_item, n: c_uint) -> c_int;

    /// As [`fifo_reserve_many()`], but does not wait: returns `-EAGAIN` if there is no room.
    pub fn fifo_try_reserve_many(
        end: *mut fifo_end,
        items: *mut *mut fifo_item,
        n: c_uint,
    ) -> c_int;

    /// Puts the first `n` of the items that a reserve has returned. Do not write to them any more.
    /// Returns 0, or a negative errno.
    pub fn fifo_commit(end: *mut fifo_end, n: c_uint) -> c_int;

    /// Waits until there is an item to get, or room to put one, at most so many milliseconds; 0
    /// returns at once, below 0 there is no limit. Returns 0, `-ETIMEDOUT`, or another negative
    /// errno.
    pub fn fifo_wait(end: *mut fifo_end, timeout_ms: c_int) -> c_int;

    /// Explains an error of [`fifo_open()`], and what to do about it. Stores a line of text,
    /// terminated, without a newline, and returns where: `buf`. [`FIFO_EXPLAIN_LEN`] bytes are
    /// enough.
    pub fn fifo_explain(
        queue: c_uint,
        role: fifo_role,
        err: c_int,
        buf: *mut c_char,
        size: usize,
    ) -> *const c_char;
}
