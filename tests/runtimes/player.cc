// SPDX-License-Identifier: GPL-2.0
/*
 * The player (see play.sh) in C++: ifstream and ofstream. A stream has no deadlines, no
 * non-blocking mode, and no read that goes past its buffer. Why it failed is in errno, though no standard promises that.
 */
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

static std::ifstream in;
static std::ofstream out;

static std::string failed()
{
	return std::string("error ") + strerrorname_np(errno);
}

template <class Stream>
static std::string open(Stream &stream, const std::string &path, std::ios::openmode mode)
{
	stream.clear();
	stream.open(path, mode);
	return stream ? "opened" : failed();
}

static std::string line()
{
	std::string text;

	return std::getline(in, text) ? "line " + text : "end";
}

static std::string lines(const std::string &path, int n)
{
	std::ifstream file(path);
	std::string text;
	long sum = 0;
	int i;

	for (i = 0; i < n && std::getline(file, text); i++)
		sum += std::stol(text);
	return "lines " + std::to_string(i) + " sum " + std::to_string(sum);
}

static std::string shown(const char *data, std::streamsize n)
{
	std::string text = "bytes ";

	for (; n > 0; n--, data++)
		text += *data == '\n' ? "\\n" : std::string(1, *data);
	return text;
}

static std::string whole(int n)
{
	char data[100];

	in.read(data, n);
	return shown(data, in.gcount());
}

static std::string flushed(const std::string &word)
{
	return out.flush() ? word : failed();
}

static std::string put(const std::string &hex)
{
	for (size_t i = 0; i < hex.size(); i += 2)
		out.put(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
	return flushed("put " + std::to_string(hex.size() / 2));
}

static std::string numbers(int n)
{
	for (int i = 1; i <= n; i++)
		out << i << '\n';
	return flushed("numbers " + std::to_string(n));
}

/* A failed write does not keep close() from trying again. */
static std::string shut()
{
	out.clear();
	in.close();
	in.clear();
	if (!out.is_open())
		return "closed";
	out.close();
	return out ? "closed" : failed();
}

static std::string play(const std::string &command, std::istringstream &words)
{
	std::string first;
	int n = 0;

	words >> first;
	words >> n;
	if (command == "reads")
		return open(in, first, std::ios::in);
	if (command == "writes")
		return open(out, first, std::ios::out);
	if (command == "appends")
		return open(out, first, std::ios::app);
	if (command == "line")
		return line();
	if (command == "ready")
		return in.rdbuf()->in_avail() > 0 ? "yes" : "no";
	if (command == "lines")
		return lines(first, n);
	if (command == "whole")
		return whole(std::stoi(first));
	if (command == "put")
		return put(first);
	if (command == "say")
		return out << words.str() << '\n', flushed("said");
	if (command == "numbers")
		return numbers(std::stoi(first));
	return command == "shut" ? shut() : "none";
}

int main()
{
	std::string command, rest;

	signal(SIGPIPE, SIG_IGN);
	while (std::cin >> command && std::getline(std::cin, rest)) {
		std::istringstream words(rest.substr(!rest.empty()));

		std::cout << play(command, words) << std::endl;
	}
}
