// SPDX-License-Identifier: GPL-2.0

// The player (see play.sh) in Go: os.File with deadlines, bufio. Go makes the file
// non-blocking by itself, and waits with epoll.
package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var (
	file   *os.File
	reader *bufio.Reader
	writer *bufio.Writer
)

var names = map[syscall.Errno]string{
	syscall.EAGAIN: "EAGAIN", syscall.EINVAL: "EINVAL", syscall.EMSGSIZE: "EMSGSIZE", syscall.EPIPE: "EPIPE",
}

// outcome is word, or what the error says instead.
func outcome(word string, err error) string {
	var errno syscall.Errno

	switch {
	case err == nil:
		return word
	case errors.Is(err, io.EOF):
		return "end"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, os.ErrClosed):
		return "interrupted"
	case errors.As(err, &errno):
		return "error " + names[errno]
	}
	return "error " + err.Error()
}

func open(path string, flags int) string {
	var err error

	file, err = os.OpenFile(path, flags, 0)
	reader, writer = bufio.NewReader(file), bufio.NewWriter(file)
	return outcome("opened", err)
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func after(ms string) time.Time {
	return time.Now().Add(time.Duration(number(ms)) * time.Millisecond)
}

func line() string {
	text, err := reader.ReadString('\n')
	return outcome("line "+strings.TrimSuffix(text, "\n"), err)
}

func within(ms string) string {
	if err := file.SetReadDeadline(after(ms)); err != nil {
		return outcome("", err)
	}
	defer file.SetReadDeadline(time.Time{})
	return line()
}

func lines(path, most string) string {
	from, err := os.Open(path)
	if err != nil {
		return outcome("", err)
	}
	defer from.Close()
	n, sum := 0, 0
	for scanner := bufio.NewScanner(from); n < number(most) && scanner.Scan(); n++ {
		sum += number(scanner.Text())
	}
	return fmt.Sprintf("lines %d sum %d", n, sum)
}

func bytes(n string) string {
	data := make([]byte, number(n))
	got, err := file.Read(data)
	return outcome("bytes "+strings.ReplaceAll(string(data[:got]), "\n", "\\n"), err)
}

func whole(n string) string {
	data := make([]byte, number(n))
	got, err := io.ReadFull(reader, data)
	return outcome("bytes "+strings.ReplaceAll(string(data[:got]), "\n", "\\n"), err)
}

func interrupt() string {
	time.AfterFunc(300*time.Millisecond, func() { file.Close() })
	return line()
}

func put(text string) string {
	data, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	n, err := file.Write(data)
	return outcome(fmt.Sprint("put ", n), err)
}

func putWithin(ms, text string) string {
	if err := file.SetWriteDeadline(after(ms)); err != nil {
		return outcome("", err)
	}
	defer file.SetWriteDeadline(time.Time{})
	return put(text)
}

func say(text string) string {
	fmt.Fprintln(writer, text)
	return outcome("said", writer.Flush())
}

func numbers(n string) string {
	for i := 1; i <= number(n); i++ {
		fmt.Fprintln(writer, i)
	}
	return outcome("numbers "+n, writer.Flush())
}

func shut() string {
	if err := file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return outcome("", err)
	}
	return "closed"
}

func play(words []string) string {
	switch words[0] {
	case "reads":
		return open(words[1], os.O_RDONLY)
	case "writes":
		return open(words[1], os.O_WRONLY)
	case "appends":
		return open(words[1], os.O_WRONLY|os.O_APPEND)
	case "line":
		return line()
	case "within":
		return within(words[1])
	case "lines":
		return lines(words[1], words[2])
	case "bytes":
		return bytes(words[1])
	case "whole":
		return whole(words[1])
	case "interrupt":
		return interrupt()
	case "put":
		return put(words[1])
	case "put-within":
		return putWithin(words[1], words[2])
	case "say":
		return say(strings.Join(words[1:], " "))
	case "numbers":
		return numbers(words[1])
	case "shut":
		return shut()
	}
	return "none"
}

func main() {
	for requests := bufio.NewScanner(os.Stdin); requests.Scan(); {
		fmt.Println(play(strings.Split(requests.Text(), " ")))
	}
}
