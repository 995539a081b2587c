// SPDX-License-Identifier: GPL-2.0
'use strict';

/*
 * The player (see play.sh) in Node: fs, its streams, and readline. A stream reads ahead. A
 * read that a thread of Node's pool has begun ends only when something comes: close() waits
 * for that.
 */

const fs = require('fs');
const readline = require('readline');
const { once } = require('events');

let fd, stream, next, coming;

function opens(path, flags)
{
	fd = fs.openSync(path, flags);
	return 'opened';
}

function lineOf({ done, value })
{
	coming = undefined;
	return done ? 'end' : 'line ' + value;
}

/* The next line, when it comes. */
function ask()
{
	if (!stream) {
		stream = fs.createReadStream(null, { fd });
		const lines = readline.createInterface({ input: stream, crlfDelay: Infinity });
		next = lines[Symbol.asyncIterator]();
	}
	coming ??= next.next();
	return coming;
}

async function within(ms)
{
	let timer;
	const over = new Promise((resolve) => { timer = setTimeout(resolve, ms, null); });
	const line = await Promise.race([ask(), over]);

	clearTimeout(timer);
	return line ? lineOf(line) : 'timeout';
}

async function lines(path, most)
{
	const input = fs.createReadStream(path);
	let n = 0, sum = 0;

	for await (const line of readline.createInterface({ input })) {
		sum += Number(line);
		if (++n == most)
			break;
	}
	await closed(input);
	return `lines ${n} sum ${sum}`;
}

function bytes(n)
{
	const data = Buffer.alloc(n);

	return 'bytes ' + data.toString('utf8', 0, fs.readSync(fd, data, 0, n, null)).replaceAll('\n', '\\n');
}

/* Writes to a stream, and waits until the kernel has taken it. */
function flushed(text)
{
	stream ??= fs.createWriteStream(null, { fd }).on('error', () => {});
	return new Promise((resolve, reject) => {
		stream.write(text, (error) => error ? reject(error) : resolve());
	});
}

async function say(text)
{
	await flushed(text + '\n');
	return 'said';
}

async function numbers(n)
{
	let last;

	for (let i = 1; i <= n; i++)
		last = flushed(i + '\n');
	await last;
	return 'numbers ' + n;
}

async function closed(file)
{
	if (file.closed)
		return;
	file.destroy();
	await once(file, 'close');
}

async function shut()
{
	if (stream)
		await closed(stream);
	else
		fs.closeSync(fd);
	stream = coming = undefined;
	return 'closed';
}

const commands = {
	reads: (path) => opens(path, 'r'),
	writes: (path) => opens(path, 'w'),
	appends: (path) => opens(path, 'a'),
	tries: (path) => opens(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK),
	line: async () => lineOf(await ask()),
	within: (ms) => within(Number(ms)),
	lines: (path, n) => lines(path, Number(n)),
	bytes: (n) => bytes(Number(n)),
	put: (text) => 'put ' + fs.writeSync(fd, Buffer.from(text, 'hex')),
	say: (...words) => say(words.join(' ')),
	numbers: (n) => numbers(Number(n)),
	shut,
};

async function main()
{
	for await (const request of readline.createInterface({ input: process.stdin })) {
		const [command, ...words] = request.split(' ');
		let outcome = 'none';

		try {
			if (command in commands)
				outcome = await commands[command](...words);
		} catch (error) {
			outcome = 'error ' + error.code;
		}
		console.log(outcome);
	}
}

main();
