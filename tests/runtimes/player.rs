// SPDX-License-Identifier: GPL-2.0

//! The player (see play.sh) in Rust: std's File, BufReader and BufWriter. They have no
//! deadlines: a thread reads, and the other one waits for what it sends.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::time::Duration;

const O_NONBLOCK: i32 = 0o4000;

type Lines = BufReader<File>;

#[derive(Default)]
struct Player {
    reader: Option<Lines>,
    /// From a thread that has the reader, and gives it back with a line.
    coming: Option<Receiver<(Lines, io::Result<String>)>>,
    writer: Option<BufWriter<File>>,
}

fn failed(error: io::Error) -> String {
    match error.raw_os_error() {
        Some(11) => "error EAGAIN".into(),
        Some(22) => "error EINVAL".into(),
        Some(32) => "error EPIPE".into(),
        Some(90) => "error EMSGSIZE".into(),
        _ => format!("error {error}"),
    }
}

fn shown(data: &[u8]) -> String {
    format!("bytes {}", String::from_utf8_lossy(data).replace('\n', "\\n"))
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn read_line(reader: &mut Lines) -> io::Result<String> {
    let mut text = String::new();
    reader.read_line(&mut text)?;
    Ok(text)
}

fn lines(path: &str, most: usize) -> io::Result<String> {
    let (mut n, mut sum) = (0, 0);
    for line in BufReader::new(File::open(path)?).lines().take(most) {
        sum += line?.parse::<u64>().unwrap();
        n += 1;
    }
    Ok(format!("lines {n} sum {sum}"))
}

fn said_of(line: String) -> String {
    match line.strip_suffix('\n') {
        Some(text) => format!("line {text}"),
        None => "end".into(),
    }
}

impl Player {
    fn reader(&mut self) -> &mut Lines {
        self.reader.as_mut().unwrap()
    }

    fn writer(&mut self) -> &mut BufWriter<File> {
        self.writer.as_mut().unwrap()
    }

    fn opens(&mut self, path: &str, options: &mut OpenOptions) -> io::Result<String> {
        self.writer = Some(BufWriter::new(options.open(path)?));
        Ok("opened".into())
    }

    fn ask(&mut self) {
        if let Some(mut reader) = self.reader.take() {
            let (sender, receiver) = channel();
            self.coming = Some(receiver);
            std::thread::spawn(move || {
                let line = read_line(&mut reader);
                let _ = sender.send((reader, line));
            });
        }
    }

    fn within(&mut self, limit: Duration) -> io::Result<String> {
        self.ask();
        match self.coming.as_ref().unwrap().recv_timeout(limit) {
            Err(RecvTimeoutError::Timeout) => Ok("timeout".into()),
            Err(gone) => panic!("{gone}"),
            Ok((reader, line)) => {
                self.reader = Some(reader);
                Ok(said_of(line?))
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        match &self.coming {
            Some(_) if self.reader.is_none() => self.within(Duration::MAX),
            _ => Ok(said_of(read_line(self.reader())?)),
        }
    }

    fn bytes(&mut self, n: usize) -> io::Result<String> {
        let mut data = vec![0; n];
        let got = self.reader().get_mut().read(&mut data)?;
        Ok(shown(&data[..got]))
    }

    fn whole(&mut self, n: usize) -> io::Result<String> {
        let mut data = vec![0; n];
        self.reader().read_exact(&mut data)?;
        Ok(shown(&data))
    }

    fn put(&mut self, data: &[u8]) -> io::Result<String> {
        Ok(format!("put {}", self.writer().get_mut().write(data)?))
    }

    fn say(&mut self, text: &str) -> io::Result<String> {
        writeln!(self.writer(), "{text}")?;
        self.writer().flush()?;
        Ok("said".into())
    }

    fn numbers(&mut self, n: u64) -> io::Result<String> {
        for i in 1..=n {
            writeln!(self.writer(), "{i}")?;
        }
        self.writer().flush()?;
        Ok(format!("numbers {n}"))
    }

    /// A thread that still reads has the file open until something comes.
    fn shut(&mut self) -> io::Result<String> {
        if let (None, Some(coming)) = (self.reader.take(), self.coming.take()) {
            let _ = coming.recv();
        }
        if let Some(writer) = self.writer.take() {
            writer.into_inner().map_err(|error| error.into_error())?;
        }
        Ok("closed".into())
    }

    fn play(&mut self, request: &str) -> io::Result<String> {
        let (command, rest) = request.split_once(' ').unwrap_or((request, ""));
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        match command {
            "reads" => {
                self.reader = Some(BufReader::new(File::open(first)?));
                Ok("opened".into())
            }
            "writes" => self.opens(first, File::options().write(true)),
            "appends" => self.opens(first, File::options().append(true)),
            "tries" => self.opens(first, File::options().write(true).custom_flags(O_NONBLOCK)),
            "line" => self.line(),
            "within" => self.within(Duration::from_millis(first.parse().unwrap())),
            "lines" => lines(first, second.parse().unwrap()),
            "bytes" => self.bytes(first.parse().unwrap()),
            "whole" => self.whole(first.parse().unwrap()),
            "put" => self.put(&unhex(first)),
            "say" => self.say(rest),
            "numbers" => self.numbers(first.parse().unwrap()),
            "shut" => self.shut(),
            _ => Ok("none".into()),
        }
    }
}

fn main() {
    let mut player = Player::default();
    for request in io::stdin().lines() {
        println!("{}", player.play(&request.unwrap()).unwrap_or_else(failed));
    }
}
