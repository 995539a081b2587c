// SPDX-License-Identifier: GPL-2.0

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LongSummaryStatistics;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The player (see play.sh) in Java: streams, readers, Files.lines. Streams have no deadlines:
 * another thread reads. What interrupts a thread in a channel closes the channel.
 */
public class Player {
	private static final ExecutorService others = Executors.newCachedThreadPool();
	private static FileInputStream in;
	private static BufferedInputStream buffered;
	private static BufferedReader reader;
	private static FileOutputStream out;
	private static BufferedWriter writer;
	private static Future<String> coming;

	private static String reads(String path) throws IOException {
		in = new FileInputStream(path);
		buffered = new BufferedInputStream(in);
		reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
		return "opened";
	}

	private static String writes(String path, boolean append) throws IOException {
		out = new FileOutputStream(path, append);
		writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
		return "opened";
	}

	/** The outcome of a task in another thread, or "timeout". */
	private static String await(Future<String> task, long ms) throws Exception {
		try {
			return task.get(ms, TimeUnit.MILLISECONDS);
		} catch (TimeoutException late) {
			return "timeout";
		} catch (ExecutionException failed) {
			throw (Exception) failed.getCause();
		}
	}

	private static String readLine() throws IOException {
		String line = reader.readLine();

		return line == null ? "end" : "line " + line;
	}

	private static String within(long ms) throws Exception {
		String outcome;

		if (coming == null)
			coming = others.submit(Player::readLine);
		outcome = await(coming, ms);
		if (!outcome.equals("timeout"))
			coming = null;
		return outcome;
	}

	private static String lines(String path, long most) throws IOException {
		try (var lines = Files.lines(Path.of(path))) {
			LongSummaryStatistics all = lines.limit(most).mapToLong(Long::parseLong).summaryStatistics();

			return "lines " + all.getCount() + " sum " + all.getSum();
		}
	}

	private static String shown(byte[] data, int n) {
		return "bytes " + new String(data, 0, n, StandardCharsets.UTF_8).replace("\n", "\\n");
	}

	private static String bytes(int n) throws IOException {
		byte[] data = new byte[n];

		return shown(data, in.read(data, 0, n));
	}

	/** The outcome of a call in a channel, or "interrupted" after so long. */
	private static String interrupted(Callable<String> call, long ms) throws Exception {
		var task = new FutureTask<String>(() -> {
			try {
				return call.call();
			} catch (ClosedByInterruptException e) {
				return "interrupted";
			}
		});
		var thread = new Thread(task);

		thread.start();
		thread.join(ms);
		thread.interrupt();
		return await(task, 240000);
	}

	private static String interrupt() throws Exception {
		var data = ByteBuffer.allocate(100);

		return interrupted(() -> "bytes " + in.getChannel().read(data), 300);
	}

	private static String putWithin(long ms, String hex) throws Exception {
		var data = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
		String outcome = interrupted(() -> "put " + out.getChannel().write(data), ms);

		return outcome.equals("interrupted") ? "timeout" : outcome;
	}

	private static String put(String hex) throws IOException {
		byte[] data = HexFormat.of().parseHex(hex);

		out.write(data);
		return "put " + data.length;
	}

	private static String say(String text) throws IOException {
		writer.write(text + "\n");
		writer.flush();
		return "said";
	}

	private static String numbers(int n) throws IOException {
		for (int i = 1; i <= n; i++)
			writer.write(i + "\n");
		writer.flush();
		return "numbers " + n;
	}

	private static String shut() throws IOException {
		var file = in != null ? reader : writer;

		in = null;
		file.close();
		return "closed";
	}

	private static String play(String[] words) throws Exception {
		return switch (words[0]) {
		case "reads" -> reads(words[1]);
		case "writes" -> writes(words[1], false);
		case "appends" -> writes(words[1], true);
		case "line" -> coming == null ? readLine() : within(Long.MAX_VALUE);
		case "within" -> within(Long.parseLong(words[1]));
		case "ready" -> reader.ready() ? "yes" : "no";
		case "lines" -> lines(words[1], Long.parseLong(words[2]));
		case "bytes" -> bytes(Integer.parseInt(words[1]));
		case "whole" -> {
			byte[] data = buffered.readNBytes(Integer.parseInt(words[1]));
			yield shown(data, data.length);
		}
		case "interrupt" -> interrupt();
		case "put" -> put(words[1]);
		case "put-within" -> putWithin(Long.parseLong(words[1]), words[2]);
		case "say" -> say(words.length > 2 ? words[1] + " " + words[2] : words[1]);
		case "numbers" -> numbers(Integer.parseInt(words[1]));
		case "shut" -> shut();
		default -> "none";
		};
	}

	/** Java has no name for an error, but what strerror() says. */
	private static String failed(IOException error) {
		return switch (String.valueOf(error.getMessage())) {
		case "Broken pipe" -> "error EPIPE";
		case "Invalid argument" -> "error EINVAL";
		case "Message too long" -> "error EMSGSIZE";
		default -> "error " + error;
		};
	}

	public static void main(String[] args) throws Exception {
		var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);

		for (String request; (request = requests.readLine()) != null; ) {
			try {
				answers.println(play(request.split(" ")));
			} catch (IOException error) {
				answers.println(failed(error));
			}
		}
		System.exit(0);
	}
}
