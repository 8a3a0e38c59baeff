// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.LoadSource.Generated;
import io.quorate.cli.LoadSource.NdjsonFile;
import io.quorate.node.QuorateClient;
import io.quorate.node.config.DataSize;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvCommand.LoadLine;
import io.quorate.samples.kv.KvResult.Item;
import io.quorate.samples.kv.KvResult.Loaded;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code quorate kv load}: many keys at once, each exactly once.
 *
 * <p>How far a load came is part of the replicated state: each line is applied together with the
 * number of the line, see {@link LoadLine}. So a load can be stopped or killed at any time and
 * resumed from any machine, however late, and no line takes effect twice.
 */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Loads keys and values, many at a time, and resumes where it was stopped.",
    footer = {
      "",
      "A file holds one JSON object a line: {\"key\":\"a\",\"value\":\"b\"}. It is checked as a"
          + " whole before anything is sent. Run the same command again after an interruption: the"
          + " group knows how far the load came, and each line takes effect once, in the order of"
          + " the file.",
      "A load that is complete is forgotten: running it again loads everything again."
    })
final class LoadCommand implements Callable<Integer> {
  private static final int OUTSTANDING_MAX = 1024;

  @Spec private CommandSpec spec;
  @Mixin private GroupOptions group;

  @ArgGroup(multiplicity = "1")
  private @Nullable What what;

  @Option(
      names = "--value-size",
      paramLabel = "<size>",
      defaultValue = "256B",
      converter = SizeConverter.class,
      description = "Size of each generated value; default ${DEFAULT-VALUE}.")
  private DataSize valueSize;

  @Option(
      names = "--key-prefix",
      paramLabel = "<text>",
      defaultValue = "key-",
      description = "What generated keys begin with; default ${DEFAULT-VALUE}")
  private String keyPrefix;

  @Option(
      names = "--outstanding",
      paramLabel = "<n>",
      defaultValue = "256",
      description = "Commands under way at a time, 1 to 1024; default ${DEFAULT-VALUE}.")
  private int outstanding;

  @Option(names = "--json", description = "Print the outcome as one JSON object.")
  private boolean json;

  /** One of the two. */
  static final class What {
    @Parameters(paramLabel = "<file>", description = "NDJSON file with the keys and values.")
    private @Nullable Path file;

    @Option(
        names = "--generate",
        required = true,
        paramLabel = "<n>",
        description = "Make up so many keys and values instead.")
    private @Nullable Long generate;
  }

  /** What became of the lines that were sent. */
  private static final class Tally {
    private final Semaphore free;
    private final AtomicLong applied;
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Tally(int outstanding, long resumedAfter) {
      free = new Semaphore(outstanding);
      applied = new AtomicLong(resumedAfter);
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (outstanding < 1 || outstanding > OUTSTANDING_MAX) {
      throw CommandFailure.wrongUse(
          "--outstanding must be between 1 and " + OUTSTANDING_MAX + ", was " + outstanding);
    }
    LoadSource source = source();
    try (QuorateClient client = group.connect();
        KvClient store = KvClient.open(client.log()).join()) {
      return load(source, store);
    }
  }

  private LoadSource source() {
    What given = what;
    if (given != null && given.generate != null) {
      if (given.generate < 1) {
        throw CommandFailure.wrongUse("--generate must be above 0, was " + given.generate);
      }
      return new Generated(given.generate, valueSize.toIntBytes(), keyPrefix);
    }
    if (given == null || given.file == null) {
      throw new IllegalStateException("picocli demands a file or --generate");
    }
    return NdjsonFile.check(given.file);
  }

  private int load(LoadSource source, KvClient store) throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    long before = store.loadedLines(source.id()).join();
    if (before > 0) {
      err.println("going on after the first " + Words.count(before) + " keys");
      err.flush();
    }
    Tally tally = new Tally(outstanding, before);
    ProgressBar bar = new ProgressBar(err, Terminal.shows(), source.count(), before);
    send(source, store, before, tally, bar);
    while (!tally.free.tryAcquire(outstanding, 100, TimeUnit.MILLISECONDS)) {
      bar.update(tally.applied.get());
    }
    bar.end(tally.applied.get());
    Throwable failure = tally.failure.get();
    if (failure != null) {
      throw CommandFailure.failed(
          "stopped after "
              + Words.count(tally.applied.get())
              + " of "
              + Words.count(source.count())
              + " keys: "
              + Failures.sentence(Failures.unwrap(failure))
              + "; the same command goes on from there");
    }
    store.endLoad(source.id()).join();
    report(source.count(), before, tally, bar.seconds());
    return 0;
  }

  private void send(LoadSource source, KvClient store, long skip, Tally tally, ProgressBar bar)
      throws IOException, InterruptedException {
    try (LoadSource.Lines lines = source.open()) {
      long line = 0;
      Item item = lines.next();
      while (item != null && tally.failure.get() == null) {
        line++;
        if (line > skip) {
          while (!tally.free.tryAcquire(100, TimeUnit.MILLISECONDS)) {
            bar.update(tally.applied.get());
          }
          bar.update(tally.applied.get());
          sendOne(store, new LoadLine(source.id(), line, item.key(), item.value()), tally);
        }
        item = lines.next();
      }
    }
  }

  private static void sendOne(KvClient store, LoadLine line, Tally tally) {
    CompletableFuture<Loaded> unused =
        store
            .loadLine(line)
            .whenComplete((loaded, failure) -> {
              if (failure != null) {
                tally.failure.compareAndSet(null, failure);
              } else {
                tally.applied.incrementAndGet();
                if (loaded.repeated()) {
                  tally.repeated.incrementAndGet();
                }
              }
              tally.free.release();
            });
  }

  private void report(long count, long resumedAfter, Tally tally, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    long sent = count - resumedAfter;
    if (json) {
      ObjectNode object = Json.object();
      object.put("keys", count);
      object.put("resumed_after", resumedAfter);
      object.put("repeated", tally.repeated.get());
      object.put("seconds", seconds);
      out.println(object);
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "loaded %s keys in %.1f s (%s/s)",
              Words.count(sent),
              seconds,
              Words.count(Math.round(sent / Math.max(seconds, 1e-3)))));
    }
    out.flush();
  }
}
